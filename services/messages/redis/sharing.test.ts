import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { shareOf } from './leases.ts';
import { partitionOf } from './partition-of.ts';

it('shares all partitions, to within one of equal', () => {
  const counts = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 4_096 }));
  fc.assert(
    fc.property(counts, ([members, partitions]) => {
      const shares = Array.from({ length: members }, (_, rank) => shareOf(rank, members, partitions));
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        partitions,
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }),
  );
});

it('puts a key into one partition, the same in every version of the program', () => {
  assert.equal(partitionOf('0190a0a0-0000-7000-8000-000000000001', 32), 26);
  assert.equal(partitionOf('0190a0a0-0000-7000-8000-000000000002', 32), 15);
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 4_096 }), (key, partitions) => {
      const partition = partitionOf(key, partitions);
      assert.ok(Number.isInteger(partition) && partition >= 0 && partition < partitions);
    }),
  );
});

it('spreads keys that are alike', () => {
  const counts = new Array(16).fill(0);
  for (let i = 0; i < 16_000; i++)
    counts[partitionOf(`0190a0a0-0000-7000-8000-${String(i).padStart(12, '0')}`, 16)]++;
  assert.ok(Math.min(...counts) > 500 && Math.max(...counts) < 2_000, counts.join());
});
