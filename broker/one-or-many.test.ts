import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { OneOrMany } from './one-or-many.ts';

it('is what a map of sets would be', () => {
  const values = Array.from({ length: 4 }, (_, n) => ({ n }));
  const step = fc.record({
    add: fc.boolean(),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.constantFrom(...values),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const actual = new OneOrMany<{ n: number }>();
      const model = new Map<string, Set<{ n: number }>>(['a', 'b', 'c'].map((key) => [key, new Set()]));
      for (const { add, key, value } of steps) {
        if (add) {
          actual.add(key, value);
          model.get(key)!.add(value);
        } else {
          actual.delete(key, value);
          model.get(key)!.delete(value);
        }
        for (const [known, set] of model) {
          assert.equal(actual.has(known), set.size > 0);
          const found = actual.of(known);
          assert.deepEqual(found === undefined ? undefined : [...found], set.size > 0 ? [...set] : undefined);
        }
        const everything = [...model.values()].flatMap((set) => [...set]);
        assert.deepEqual([...actual.all()].map(({ n }) => n).sort(), everything.map(({ n }) => n).sort());
      }
    }),
  );
});
