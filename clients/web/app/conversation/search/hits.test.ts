import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { StoredMessage } from '../../../../sdk/index.ts';
import { matchesIn, mergeHits } from './hits.ts';

const found = (...seqs: (number | null)[]) => seqs.map((seq) => ({ key: `k${seq}`, seq }) as StoredMessage);

it('what was found here and on the server is one list, newest first, each once', () => {
  assert.deepEqual(
    mergeHits(found(3, 9, null), found(9, 5)).map(({ seq }) => seq),
    [9, 5, 3],
  );
});

it('a query is found as it is, whatever it is made of', () => {
  assert.deepEqual(matchesIn('Ab aB', 'ab'), [
    [0, 2],
    [3, 5],
  ]);
  assert.deepEqual(matchesIn('a.b (c)', '.'), [[1, 2]]);
  assert.deepEqual(matchesIn('x-[y]^/', '-[y]^/'), [[1, 7]]);
  assert.deepEqual(matchesIn('anything', ' '), []);
});
