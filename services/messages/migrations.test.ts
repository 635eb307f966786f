import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { loadDump } from '../../platform/sqlite/fixtures/dump.ts';
import { schemaOf } from '../../platform/sqlite/fixtures/schema-of.ts';
import * as sample from './fixtures/sample.ts';
import type { LogRecord } from './log.ts';
import { everything, says } from './samples.ts';
import { type MessagesDatabase, openMessagesDatabase } from './sqlite.ts';

const VERSIONS = [1];

for (const version of VERSIONS) {
  describe(`messages.db as version ${version} wrote it`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-messages-'));
    const path = join(folder, 'messages.db');
    let database: MessagesDatabase;
    before(async () => {
      loadDump(path, readFileSync(new URL(`./fixtures/version-${version}.sql`, import.meta.url), 'utf8'));
      database = await openMessagesDatabase(path);
    });
    after(async () => {
      await database.close();
      rmSync(folder, { recursive: true });
    });
    const find = async (query: string) => {
      const where = [sample.group, sample.elsewhere.stream].map((stream) => ({ stream, ranges: everything }));
      return (await database.history.search(where, query, null, 50)).map(({ id }) => id);
    };

    it('keeps the history, with what became of it', async () => {
      const events = await database.history.page(sample.group, everything, {}, 50);
      assert.deepEqual(
        events.map(({ seq, id, type, sender, time }) => ({ seq, id, type, sender, time })),
        sample.drafts.map(({ id, type, sender, time }, i) => ({ seq: i + 1, id, type, sender, time })),
      );
      const [first, edited, edit] = events;
      assert.equal(first!.body, sample.drafts[0]!.body);
      assert.deepEqual(first!.fold?.reactions, [{ emoji: '👍', count: 1, users: [sample.bob.user] }]);
      assert.equal(edited!.fold?.edited?.at, 3_000);
      assert.equal(edit!.body, sample.drafts[2]!.body);
      for (const removed of [events[4]!, events[6]!])
        assert.ok(!removed.body.includes('"content"'), removed.body);
      assert.equal(events[7]!.expires, 90_000_000_000_000);
    });

    it('finds by the index what it found, and not what it must not', async () => {
      const [first, edited, , , , , , expiring] = sample.drafts;
      assert.deepEqual(await find('gruße'), [first!.id]);
      assert.deepEqual(await find('valve'), [edited!.id]);
      assert.deepEqual(await find('pump'), [sample.elsewhere.id]);
      assert.deepEqual(await find('gone'), [expiring!.id]);
      assert.deepEqual(await find('forget'), []);
    });

    it('knows the commands it has seen, and numbers on', async () => {
      const [again, next] = await database.history.append([
        sample.drafts[1]!,
        says(sample.group, 'what comes next'),
      ]);
      assert.ok(again?.duplicate && again.event.seq === 2);
      assert.deepEqual(next, { duplicate: false, seq: sample.drafts.length + 1 });
    });

    it('changes the index along with what is removed', async () => {
      const expired = await database.history.expire(90_000_000_000_000, 50);
      assert.deepEqual(expired, [{ stream: sample.group, seq: 8 }]);
      assert.deepEqual(await find('gone'), []);
    });

    it('keeps cursors and receipts', async () => {
      const { cursors } = database;
      assert.deepEqual(await cursors.ofDevice(sample.ann.device), new Map([[sample.group, 7]]));
      assert.deepEqual(await cursors.ofDevice(sample.laptop), new Map([[sample.group, 3]]));
      assert.deepEqual((await cursors.receipts([sample.group])).get(sample.group), [
        { user: sample.ann.user, delivered: 7, deliveredAt: 7_100, read: 6, readAt: 7_200 },
      ]);
    });

    it('handles what was accepted before', async () => {
      const handled: LogRecord[] = [];
      const consumer = await database.log.consume(async (batch) => {
        handled.push(...batch);
      });
      await consumer.drained();
      await consumer.stop();
      assert.deepEqual(
        handled.map(({ position: _, ...entry }) => entry),
        [sample.waiting],
      );
    });

    it('has the tables of a new one', async () => {
      const fresh = join(folder, 'fresh.db');
      await (await openMessagesDatabase(fresh)).close();
      assert.deepEqual(schemaOf(path), schemaOf(fresh));
    });
  });
}

describe('messages.db of a newer version', () => {
  it('is refused', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-messages-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'messages.db');
    await (await openMessagesDatabase(path)).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await assert.rejects(openMessagesDatabase(path), /messages\.db was written by a newer Dunlin/);
  });
});
