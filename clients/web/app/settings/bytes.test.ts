import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes } from './bytes.ts';

describe('a size', () => {
  it('is told in the largest unit that fits', () => {
    assert.deepEqual([0, 999, 1_000, 1_234_567, 12_345_678, 5e9, 2e12, 3e15].map(bytes), [
      '0 byte',
      '999 byte',
      '1 kB',
      '1.2 MB',
      '12 MB',
      '5 GB',
      '2 TB',
      '3,000 TB',
    ]);
  });
});
