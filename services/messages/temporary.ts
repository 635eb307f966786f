import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteLogOptions } from './log.sqlite.ts';
import { openMessagesDatabase } from './sqlite.ts';

/** A messages.db of its own in a temporary folder, for tests. */
export async function temporaryMessages(options: { log?: SqliteLogOptions } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-messages-'));
  const path = join(folder, 'messages.db');
  let database = await openMessagesDatabase(path, options);
  return {
    path,
    get log() {
      return database.log;
    },
    get history() {
      return database.history;
    },
    get cursors() {
      return database.cursors;
    },
    async reopen() {
      await database.close();
      database = await openMessagesDatabase(path, options);
    },
    async dispose() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
