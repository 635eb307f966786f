import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sharedEngine } from '../../../test/engines/shared.ts';
import type { History } from '../history.ts';
import { react, says } from '../samples.ts';
import { type TemporaryMongo, temporaryMongo } from './fixtures/temporary.ts';

const { url, skip } = sharedEngine('mongodb');
/** More updates than FerretDB bears in one command: it keeps a connection for each, of 100. */
const MANY = 250;

describe('Many updates at once', { skip }, () => {
  let mongo: TemporaryMongo;
  let history: History;
  before(async () => {
    mongo = await temporaryMongo(url);
    history = await mongo.open();
  });
  after(() => mongo.dispose());

  const streams = Array.from({ length: MANY }, (_, i) => `s${i}`);

  it('are all done: heads of many streams, and what many amend', async () => {
    const stored = await history.append(streams.map((stream) => says(stream, 'hello')));
    assert.equal(stored.length, MANY);
    const heads = await history.heads(streams);
    assert.deepEqual(new Set([...heads.values()].map(({ seq }) => seq)), new Set([1]));
    await history.append(streams.map((stream) => react(stream, 1, '👍')));
    for (const stream of [streams[0]!, streams[MANY - 1]!]) {
      const message = await history.get(stream, 1);
      assert.equal(message?.fold?.reactions?.length, 1, stream);
    }
  });
});
