import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram, median } from './stats.ts';

test('median: odd, even, unsorted, empty', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 9, 2, 1]), 5.5);
  assert.ok(Number.isNaN(median([])));
});

test('histogram: small values are exact', () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 60; value++) histogram.record(value);
  assert.equal(histogram.percentile(0.5), 30);
  assert.equal(histogram.percentile(1), 60);
  assert.equal(histogram.total, 60);
});

test('histogram: every percentile is within 2 % of the sorted samples', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 34 }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const exact = [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1]!;
        assert.ok(Math.abs(histogram.percentile(share) - exact) <= exact * 0.02 + 0.5);
      },
    ),
  );
});

test('histogram: nothing recorded has no percentile', () => {
  assert.ok(Number.isNaN(new Histogram().percentile(0.5)));
});
