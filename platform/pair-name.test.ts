import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { pairName } from './pair-name.ts';

const id = fc.uuid();

it('is the same for both orders, and another one for every other pair', () => {
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      assert.equal(pairName(a, b), pairName(b, a));
      assert.deepEqual(pairName(a, b).split('/').sort(), [a, b].sort());
      if (c !== b) assert.notEqual(pairName(a, c), pairName(a, b));
    }),
  );
});

it('names a pair with oneself', () => {
  assert.equal(pairName('a', 'a'), 'a/a');
});

it('stays right when more pairs are named than are remembered', () => {
  for (let i = 0; i < 200_001; i++) pairName('one', String(i));
  assert.equal(pairName('7', 'one'), '7/one');
  assert.equal(pairName('one', '200000'), '200000/one');
});
