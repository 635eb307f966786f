import { openSqlite } from '../../platform/sqlite/database.ts';
import { SqliteCursors } from './cursors.sqlite.ts';
import type { Cursors } from './cursors.ts';
import { SqliteHistory } from './history.sqlite.ts';
import type { History } from './history.ts';
import { SqliteLog, type SqliteLogOptions } from './log.sqlite.ts';
import type { CommandLog } from './log.ts';
import { messagesClient } from './sqlite/client.ts';

export interface MessagesDatabase {
  log: CommandLog;
  history: History;
  cursors: Cursors;
  /** Writes a consistent copy to `path` while everything goes on. */
  backup(path: string): Promise<void>;
  /** Stops the consumer, waits for what is under way, closes the file. */
  close(): Promise<void>;
}

/** Opens messages.db, making or migrating it. Log, history and cursors are one file, so their writes share commits. */
export async function openMessagesDatabase(
  path: string,
  options: { log?: SqliteLogOptions } = {},
): Promise<MessagesDatabase> {
  const database = await openSqlite({
    path,
    module: new URL('./messages.worker.ts', import.meta.url),
    idle: 'search.idle',
  });
  const client = messagesClient(database);
  const log = new SqliteLog(client, options.log);
  return {
    log,
    history: new SqliteHistory(client),
    cursors: new SqliteCursors(client),
    backup: (to) => database.backup(to),
    close: async () => {
      await log.close();
      await database.close();
    },
  };
}
