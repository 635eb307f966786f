import { type Kysely, SqliteAdapter } from 'kysely';
import type { DirectoryTables } from './schema.ts';

/** Tables whose rows stand for what belongs to them: a user for their devices, a device for its tokens, a conversation for its members. */
type Owners = 'users' | 'devices' | 'conversations';

/**
 * Holds these rows until the transaction ends, so that of transactions about the same owner one follows the other, in other processes too:
 * what is read before writing is still so when it is written. Rows are taken by ascending id, so that two who want the same never wait for each
 * other. The order among tables: conversations; devices; users. A row that is not there holds nothing.
 *
 * In SQLite a transaction has the whole database already (BEGIN IMMEDIATE). In PostgreSQL references to the row go on (FOR NO KEY UPDATE).
 */
export async function lockRows(
  tx: Kysely<DirectoryTables>,
  owners: Owners,
  ids: readonly string[],
): Promise<void> {
  if (tx.getExecutor().adapter instanceof SqliteAdapter) return;
  await tx.selectFrom(owners).select('id').where('id', 'in', ids).orderBy('id').forNoKeyUpdate().execute();
}
