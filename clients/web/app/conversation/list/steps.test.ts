import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stepsBetween } from './steps.ts';

const list = (...keys: number[]) => keys.map((key) => ({ key: String(key) }));
const keys = (rows: readonly { key: string }[]) => rows.map(({ key }) => Number(key));

describe('steps between lists', () => {
  it('older ones come at the start, newer ones at the end', () => {
    assert.deepEqual(
      stepsBetween(list(3, 4), list(1, 2, 3, 4)).map(({ rows, shift }) => [keys(rows), shift]),
      [[[1, 2, 3, 4], true]],
    );
    assert.deepEqual(
      stepsBetween(list(3, 4), list(3, 4, 5)).map(({ rows, shift }) => [keys(rows), shift]),
      [[[3, 4, 5], false]],
    );
  });

  it('both ends at once are two steps, the start first', () => {
    assert.deepEqual(
      stepsBetween(list(3, 4, 5), list(1, 2, 3, 4)).map(({ rows, shift }) => [keys(rows), shift]),
      [
        [[1, 2, 3, 4, 5], true],
        [[1, 2, 3, 4], false],
      ],
    );
    assert.deepEqual(
      stepsBetween(list(1, 2, 3), list(2, 3, 4)).map(({ rows, shift }) => [keys(rows), shift]),
      [
        [[2, 3], true],
        [[2, 3, 4], false],
      ],
    );
  });

  it('a list with nothing in common is a new one', () => {
    assert.deepEqual(
      stepsBetween(list(1, 2), list(8, 9)).map(({ shift, fresh }) => [shift, fresh]),
      [[false, true]],
    );
  });

  it('end at the new list; a shift keeps everything behind the start', () => {
    const spans = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(spans, ([a, b, c, d]) => {
        const span = (from: number, length: number) => list(...Array.from({ length }, (_, at) => from + at));
        const before = span(a, b);
        const after = span(c, d);
        const steps = stepsBetween(before, after);
        assert.deepEqual(keys(steps.at(-1)!.rows), keys(after));
        let now = keys(before);
        for (const { rows, shift } of steps) {
          const next = keys(rows);
          if (shift) {
            const kept = next.filter((key) => now.includes(key));
            // From the first that is kept on, both are the same.
            assert.deepEqual(now.slice(now.indexOf(kept[0]!)), next.slice(next.indexOf(kept[0]!)));
          } else if (next.some((key) => now.includes(key))) assert.equal(next[0], now[0]);
          now = next;
        }
      }),
    );
  });
});
