import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import type { EmbeddedDirectory } from './directory.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';
import { kyselyStores } from './stores.ts';

/** Opens directory.db, making or migrating it. @throws {Error} when a newer Dunlin has written it */
export async function openDirectory(path: string): Promise<EmbeddedDirectory> {
  const { db, backup, close, ended } = await openKyselySqlite<DirectoryTables>(path);
  try {
    await migrateDirectory(db, path);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...kyselyStores(db),
    backup,
    close,
    ended,
  };
}
