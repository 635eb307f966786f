import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { entry, logConformance } from './log.conformance.ts';
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

it('stops at an entry that it cannot read, and says so: what was accepted is not skipped', async () => {
  const failed = Promise.withResolvers<unknown>();
  const database = await temporaryMessages({ log: { onFailure: failed.resolve } });
  try {
    await database.log.append(entry());
    const file = new DatabaseSync(database.path);
    file.exec(`UPDATE log SET text = '{"v":1,"type":"from.the.future"}'`);
    file.close();
    await database.reopen();
    const consumer = await database.log.consume(async () => assert.fail('handed out'));
    assert.match(String(await failed.promise), /unknown_type/);
    assert.equal(consumer.lag, 1);
    await consumer.stop();
  } finally {
    await database.dispose();
  }
});
