import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { loadDump } from '../../platform/sqlite/fixtures/dump.ts';
import { schemaOf } from '../../platform/sqlite/fixtures/schema-of.ts';
import * as sample from './fixtures/sample.ts';
import { SqlitePersistence } from './persistence.ts';

const VERSIONS = [1];

for (const version of VERSIONS) {
  describe(`broker.db as version ${version} wrote it`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-broker-'));
    const path = join(folder, 'broker.db');
    let persistence: SqlitePersistence;
    before(async () => {
      loadDump(path, readFileSync(new URL(`./fixtures/version-${version}.sql`, import.meta.url), 'utf8'));
      persistence = await SqlitePersistence.open(path);
      await persistence.setup({ id: 'another' });
    });
    after(async () => {
      await persistence.destroy();
      rmSync(folder, { recursive: true });
    });

    it('keeps the subscriptions of sessions', async () => {
      const found = await persistence.subscriptionsByClient(sample.logger);
      const byTopic = (a: { topic: string }, b: { topic: string }) => (a.topic < b.topic ? -1 : 1);
      assert.deepEqual(
        found.map(({ topic, qos }) => ({ topic, qos })).toSorted(byTopic),
        sample.subscriptions,
      );
      assert.deepEqual(await persistence.subscriptionsByClient(sample.gone), []);
      const clients = await persistence.subscriptionsByTopic(sample.retained.topic);
      assert.deepEqual(
        clients.map(({ clientId }: { clientId: string }) => clientId),
        [sample.logger.id],
      );
    });

    it('keeps retained messages, byte for byte', async () => {
      const [found, ...others] = await persistence.createRetainedStream('open/#').toArray();
      assert.deepEqual(found, sample.retained);
      assert.deepEqual(others, []);
    });

    it('keeps wills', async () => {
      const found = await persistence.getWill(sample.sensor);
      assert.deepEqual([found.topic, found.payload], [sample.will.topic, sample.will.payload]);
      assert.equal((await persistence.streamWill({}).toArray()).length, 1);
    });

    it('keeps QoS 2 handshakes that are under way', async () => {
      const found = await persistence.incomingGetPacket(sample.sensor, sample.received);
      assert.deepEqual(found.payload, sample.received.payload);
    });

    it('keeps what waits for a session, in order, with the packet identifier it was sent under', async () => {
      const found = await persistence.outgoingStream(sample.logger).toArray();
      assert.deepEqual(
        found.map(({ payload }) => payload),
        sample.queued.map(({ payload }) => payload),
      );
      assert.deepEqual(
        found.map(({ messageId }) => messageId),
        [7, undefined, undefined],
      );
    });

    it('counts a session as here now, of which it does not know when it was', async () => {
      assert.equal(await persistence.sweepSessions(Date.now(), 1), 0);
      assert.equal((await persistence.subscriptionsByClient(sample.logger)).length, 2);
    });

    it('has the tables of a new one', async () => {
      const fresh = join(folder, 'fresh.db');
      await (await SqlitePersistence.open(fresh)).destroy();
      assert.deepEqual(schemaOf(path), schemaOf(fresh));
    });
  });
}

describe('broker.db of a newer version', () => {
  it('is refused', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-broker-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'broker.db');
    await (await SqlitePersistence.open(path)).destroy();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await assert.rejects(SqlitePersistence.open(path), /broker\.db was written by a newer Dunlin/);
  });
});
