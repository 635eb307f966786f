import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { TokenBuckets } from './token-bucket.ts';

it('never lets through more than burst + rate × time, and less only where it said so', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
      (perSecond, burst, steps) => {
        let now = 1_000;
        const buckets = new TokenBuckets(perSecond, burst, { now: () => now });
        let passed = 0;
        let promised = 0;
        for (const step of steps) {
          now += step;
          const wait = buckets.take('k');
          if (wait === 0) passed++;
          if (promised !== 0 && now >= promised) assert.equal(wait, 0);
          promised = wait === 0 ? 0 : now + wait;
          assert.ok(passed <= burst + ((now - 1_000) * perSecond) / 1_000 + 1e-6);
        }
      },
    ),
  );
});

it('keeps the keys apart, forgets full buckets, and never more than its bound', () => {
  let now = 0;
  const buckets = new TokenBuckets(1, 1, { now: () => now }, 100);
  assert.equal(buckets.take('a'), 0);
  assert.equal(buckets.take('b'), 0);
  assert.equal(buckets.take('a'), 1_000);
  for (let i = 0; i < 1_000; i++) buckets.take(`k${i}`);
  assert.equal(buckets.size, 100);
  now = 10_000;
  buckets.take('z');
  assert.equal(buckets.size, 1);
});
