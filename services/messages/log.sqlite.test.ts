import { logConformance } from './log.conformance.ts';
import type { SqliteLogOptions } from './log.sqlite.ts';
import { temporaryMessages } from './temporary.ts';

async function open(log: SqliteLogOptions) {
  const database = await temporaryMessages({ log });
  const reopen = async () => {
    await database.reopen();
    return database.log;
  };
  return { log: database.log, reopen, dispose: database.dispose };
}

logConformance('SQLite', () => open({}));
// What memory does not hold comes from the table: in the same order, with nothing missing between the two.
logConformance('SQLite, with hardly any memory and small batches', () => open({ tail: 7, maxBatch: 10 }));
