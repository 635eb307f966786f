import { type Kysely, sql } from 'kysely';
import type { DirectoryTables } from './schema.ts';

/**
 * Every table of the directory with its primary key; those that others refer to come first. A test holds it against what the migrations
 * make.
 */
export const tables = {
  users: ['id'],
  credentials: ['user'],
  devices: ['id'],
  refresh_tokens: ['hash'],
  invitations: ['hash'],
  bots: ['user'],
  contacts: ['user', 'contact'],
  blocks: ['user', 'blocked'],
  conversations: ['id'],
  joinings: ['conversation', 'user', 'from_seq'],
  hidden: ['user', 'conversation', 'seq'],
  preferences: ['user', 'conversation'],
  notifications: ['user'],
  reports: ['id'],
  hooks: ['id'],
  webhooks: ['id'],
  webhook_lanes: ['webhook', 'stream'],
  webhook_failures: ['id'],
  push_routes: ['device', 'place'],
  push_events: ['conversation', 'seq'],
  push_outbox: ['device', 'conversation', 'seq'],
  mail_addresses: ['user'],
  mail_tokens: ['hash'],
  mail_outbox: ['id'],
  mail_origins: ['device'],
  media: ['id'],
  media_references: ['media', 'conversation', 'seq'],
  media_days: ['owner', 'day'],
  media_loose: ['blob'],
} as const satisfies { [T in keyof DirectoryTables]: readonly (keyof DirectoryTables[T])[] };

export type TableName = keyof typeof tables;
/** A row of any of them, as it is stored. */
export type TableRow = Record<string, string | number | null>;

export function keyOf(table: TableName, row: TableRow): (string | number)[] {
  return tables[table].map((column) => row[column] as string | number);
}

/** Rows behind the one with the key `after`, in the order of their keys as this database has it. */
export async function readRows(
  db: Kysely<DirectoryTables>,
  table: TableName,
  after: (string | number)[] | null,
  limit: number,
): Promise<TableRow[]> {
  const columns = sql.join(tables[table].map((column) => sql.ref(column)));
  const behind = after === null ? sql`` : sql`where (${columns}) > (${sql.join(after)})`;
  const { rows } = await sql<TableRow>`
    select * from ${sql.table(table)} ${behind} order by ${columns} limit ${limit}`.execute(db);
  return rows;
}

/** All or none of them; one whose key is there already is left as it is there. */
export async function insertRows(
  db: Kysely<DirectoryTables>,
  table: TableName,
  rows: TableRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto(table)
    .values(rows as never)
    .onConflict((conflict) => conflict.columns([...tables[table]] as never).doNothing())
    .execute();
}
