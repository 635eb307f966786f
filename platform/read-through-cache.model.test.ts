import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../protocol/errors.ts';
import { ReadThroughCache } from './read-through-cache.ts';

interface Value {
  key: string;
  version: number;
  weight: number;
}

const MOST = 3;
const HEAVIEST = 10;
const age = { maxAgeMs: 100, staleMs: 300 };

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('get' as const), key }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('change' as const), key }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('change and forget' as const), key }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('change all and forget all' as const) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('answer' as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 150 }) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('fail' as const), failing: fc.boolean() }) },
);

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

for (const aged of [true, false])
  it(`a cache ${aged ? 'with' : 'without'} age is never older than what was forgotten, nor than its age, and keeps its bounds`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }),
        async (steps, weights) => {
          let now = 0;
          /** When each version of a key came, by version. */
          const since = new Map<string, number[]>();
          const versions = (k: string) => since.get(k) ?? since.set(k, [0]).get(k)!;
          const forgotten = new Map<string, number>();
          let failing = false;
          const held: { key: string; at: number; go: () => void }[] = [];
          const cache = new ReadThroughCache<Value>(
            MOST,
            async (k) => {
              const value = { key: k, version: versions(k).length, weight: weights['abcde'.indexOf(k)]! };
              const fails = failing;
              await new Promise<void>((go) => held.push({ key: k, at: now, go }));
              if (fails) throw new Refused('unavailable');
              return value;
            },
            {
              weight: { of: ({ weight }) => weight, most: HEAVIEST },
              ...(aged ? { age: { ...age, now: () => now } } : {}),
            },
          );
          /** `least`: the version at which it was forgotten last; `oldest`: what was replaced before this moment must not come. */
          const check = (k: string, value: Value | null, least: number, oldest: number) => {
            assert.ok(value !== null && value.key === k);
            assert.ok(value.version >= least, `version ${value.version} after ${least} was made known`);
            const next = versions(k)[value.version];
            assert.ok(next === undefined || next >= oldest, `was replaced at ${next}, asked at ${oldest}`);
          };
          const asked: Promise<void>[] = [];
          const get = (k: string) => {
            const least = forgotten.get(k) ?? 0;
            const at = now;
            const answer = cache.get(k);
            // A question that is under way already is as old as it is.
            const underWay = held.filter((one) => one.key === k).map((one) => one.at);
            const oldest = aged ? Math.min(at - age.staleMs, ...underWay) : -Infinity;
            if (answer instanceof Promise)
              asked.push(
                answer.then(
                  (value) => check(k, value, least, oldest),
                  (error) => assert.ok(error instanceof Refused),
                ),
              );
            else check(k, answer, least, oldest);
          };
          const change = (k: string) => void versions(k).push(now);
          for (const one of steps) {
            if (one.does === 'get') get(one.key);
            if (one.does === 'change') change(one.key);
            if (one.does === 'change and forget') {
              change(one.key);
              forgotten.set(one.key, versions(one.key).length);
              cache.forget(one.key);
            }
            if (one.does === 'change all and forget all') {
              for (const k of 'abcde') {
                change(k);
                forgotten.set(k, versions(k).length);
              }
              cache.forgetAll();
            }
            if (one.does === 'answer' && held.length > 0) {
              held.splice(one.which % held.length, 1)[0]!.go();
              await settled();
            }
            if (one.does === 'wait') now += one.ms;
            if (one.does === 'fail') failing = one.failing;
            assert.ok(cache.size <= MOST);
            assert.ok(cache.weight <= HEAVIEST || cache.size === 1);
          }
          failing = false;
          while (held.length > 0) {
            held.shift()!.go();
            await settled();
          }
          await Promise.all(asked);
          // Nothing is left behind: the weights add up, and everything can be had.
          for (const k of 'abcde') cache.forget(k);
          assert.equal(cache.weight, 0);
          assert.equal(cache.size, 0);
          for (const k of 'abcde') {
            get(k);
            assert.equal(held.length, 1, 'was not asked, or twice');
            get(k);
            assert.equal(held.length, 1, 'was asked twice at a time');
            held.shift()!.go();
            await settled();
          }
          await Promise.all(asked);
        },
      ),
      { numRuns: 300 },
    ));
