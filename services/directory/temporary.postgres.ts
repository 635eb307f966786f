import { testDatabase } from '../../test/engines/postgres-database.ts';
import { openPostgresDirectory, type PostgresDirectoryOptions } from './open.postgres.ts';

const DEADLINE_MS = 20_000;
const MOST = 1_000;

/** A directory in a database of its own on the server that tests share. */
export async function temporaryPostgresDirectory(server: string) {
  const database = await testDatabase(server);
  const open = (options: Partial<PostgresDirectoryOptions> = {}) =>
    openPostgresDirectory({ url: database.url, deadlineMs: DEADLINE_MS, most: MOST, ...options });
  const directory = await open();
  return {
    ...directory,
    database,
    /** The same directory as another process has it. The caller closes it. */
    open,
    async dispose() {
      await directory.close();
      await database.drop();
    },
  };
}
