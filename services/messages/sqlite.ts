import { openSqlite, type SqliteOptions } from '../../platform/sqlite/database.ts';
import { SqliteCursors } from './cursors.sqlite.ts';
import type { Cursors } from './cursors.ts';
import { type MessagesExport, messagesExport } from './exporting.ts';
import { SqliteHistory } from './history.sqlite.ts';
import type { History, StreamedEvent } from './history.ts';
import { SqliteLog, type SqliteLogOptions } from './log.sqlite.ts';
import type { CommandLog } from './log.ts';
import { recentEvents } from './recent.ts';
import { messagesClient } from './sqlite/client.ts';

export interface MessagesDatabase {
  log: CommandLog;
  history: History;
  cursors: Cursors;
  /** See {@link recentEvents}. */
  recent(ms: number): AsyncIterable<StreamedEvent[]>;
  /** For whoever moves it all elsewhere. */
  exporting: MessagesExport;
  /** Writes a consistent copy to `path` while everything goes on. */
  backup(path: string): Promise<void>;
  /** Stops the consumer, waits for what is under way, closes the file. */
  close(): Promise<void>;
  /** Resolves when the database has ended: with the error, or null after {@link close}. */
  readonly ended: Promise<Error | null>;
}

export interface MessagesOptions extends Pick<SqliteOptions, 'maxQueued' | 'onCommit'> {
  log?: SqliteLogOptions;
}

/** Opens messages.db, making or migrating it. Log, history and cursors are one file, so their writes share commits. */
export async function openMessagesDatabase(
  path: string,
  { log: logOptions, ...options }: MessagesOptions = {},
): Promise<MessagesDatabase> {
  const database = await openSqlite({
    ...options,
    path,
    module: new URL('./messages.worker.ts', import.meta.url),
    idle: 'search.idle',
  });
  const client = messagesClient(database);
  const log = new SqliteLog(client, logOptions);
  const history = new SqliteHistory(client);
  const cursors = new SqliteCursors(client);
  return {
    log,
    history,
    cursors,
    recent: (ms) => recentEvents(client, ms),
    exporting: messagesExport(client, history, cursors),
    backup: (to) => database.backup(to),
    ended: database.ended,
    close: async () => {
      await log.close();
      await database.close();
    },
  };
}
