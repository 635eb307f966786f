import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Mongo, openMongo } from '../../../platform/mongodb/client.ts';
import type { RunningEngine } from '../../../test/engines/engine.ts';
import { kinds } from '../../../test/engines/index.ts';
import { updateAll } from './bulk.ts';

const skip =
  process.env.MONGODB_URL === undefined
    ? ((await kinds.mongodb.missing()) ?? false)
    : 'only FerretDB is known for it';
/** Together far more updates than FerretDB has connections to its database. */
const AT_ONCE = 40;
const UPDATES = 20;

describe('updates of many at once on FerretDB', { skip, timeout: 90_000 }, () => {
  // One of its own: it may never answer again.
  let engine: RunningEngine;
  let mongo: Mongo;
  before(async () => {
    await kinds.mongodb.prepare();
    engine = await kinds.mongodb.start();
    mongo = await openMongo({ url: engine.url, deadlineMs: 60_000, connections: AT_ONCE });
  });
  after(async () => {
    await mongo?.close();
    await engine?.dispose();
  });

  it('come to their end', async () => {
    const cursors = mongo.db.collection<{ _id: string; n: number }>('cursors');
    const ids = (k: number) => Array.from({ length: UPDATES }, (_, i) => `${k}/${i}`);
    for (let k = 0; k < AT_ONCE; k++) await cursors.insertMany(ids(k).map((_id) => ({ _id, n: 0 })));
    const most = mongo.mostUpdated ?? Number.POSITIVE_INFINITY;
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, k) => {
        const updates = ids(k).map((_id) => ({ updateOne: { filter: { _id }, update: { $set: { n: 1 } } } }));
        return updateAll(cursors, updates, most);
      }),
    );
    assert.equal(await cursors.countDocuments({ n: 1 }), AT_ONCE * UPDATES);
  });
});
