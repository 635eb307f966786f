import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { kyselyAccountStore } from '../accounts/store.kysely.ts';
import type { AccountStore } from '../accounts/store.ts';
import { kyselyConversationStore } from '../conversations/store.kysely.ts';
import type { ConversationStore } from '../conversations/store.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';

/** Who there is and who is where: accounts and conversations in one database. */
export interface Directory {
  accounts: AccountStore;
  conversations: ConversationStore;
  /** Writes a consistent copy to `path`, which must not exist, while everything goes on. */
  backup(path: string): Promise<void>;
  /** After everything called before. */
  close(): Promise<void>;
  /** Resolves when the database has ended: with the error, or null after {@link close}. */
  readonly ended: Promise<Error | null>;
}

/** Opens directory.db, making or migrating it. @throws {Error} when a newer Dunlin has written it */
export async function openDirectory(path: string): Promise<Directory> {
  const { db, backup, close, ended } = await openKyselySqlite<DirectoryTables>(path);
  try {
    await migrateDirectory(db, path);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts: kyselyAccountStore(db),
    conversations: kyselyConversationStore(db),
    backup,
    close,
    ended,
  };
}
