import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sharedEngine } from '../../test/engines/shared.ts';
import { type Mongo, openMongo } from './client.ts';
import { ensureIndexes } from './indexes.ts';
import { duplicateAt, isMongoTrouble, onlyDuplicates, withoutContent } from './trouble.ts';

const { url, skip } = sharedEngine('mongodb');

describe('MongoDB', { skip }, () => {
  let mongo: Mongo;
  before(async () => {
    mongo = await openMongo({ url, database: `dunlin-test-${uuidv7()}`, deadlineMs: 5_000 });
  });
  after(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('says what to do about an index that is another one', async () => {
    const things = mongo.db.collection('things');
    const index = { name: 'number', key: { number: 1 }, unique: true };
    await ensureIndexes(things, [index]);
    await ensureIndexes(things, [index]);
    await assert.rejects(
      ensureIndexes(things, [{ ...index, key: { other: 1 } }]),
      /index number of collection .*things is another one .* drop/,
    );
  });

  it('says at which document an ordered insert ended, and keeps no content in the error', async () => {
    const things = mongo.db.collection<{ _id: string; secret?: string }>('inserted');
    await things.insertOne({ _id: 'b' });
    const documents = ['a', 'b', 'c'].map((_id) => ({ _id, secret: 'xyzzy' }));
    const error: unknown = await things.insertMany(documents, { ordered: true }).catch((thrown) => thrown);
    assert.equal(duplicateAt(error), 1);
    assert.ok(onlyDuplicates(error) && !isMongoTrouble(error));
    assert.equal(await things.countDocuments(), 2);
    assert.throws(
      () => withoutContent(error),
      (thrown) =>
        thrown instanceof Error && !JSON.stringify({ ...thrown, s: thrown.stack }).includes('xyzzy'),
    );
  });

  it('a server that is not there is trouble, said in time and without its password', async () => {
    const error: unknown = await openMongo({
      url: 'mongodb://someone:xyzzy@127.0.0.1:1/dunlin',
      deadlineMs: 300,
    }).catch((thrown) => thrown);
    assert.ok(isMongoTrouble(error));
    assert.ok(!`${(error as Error).stack} ${JSON.stringify(error)}`.includes('xyzzy'));
  });
});
