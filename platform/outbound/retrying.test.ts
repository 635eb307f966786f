import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { backoff, retryAfter } from './retrying.ts';

const limits = { minMs: 5_000, maxMs: 3_600_000 };

describe('the pause after a failure', () => {
  it('doubles, up to the longest, and is never less than half of that', () => {
    assert.deepEqual(
      [1, 2, 3, 10, 11, 100].map((failures) => backoff(failures, limits, () => 1)),
      [5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000],
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const ms = backoff(failures, limits, () => random);
          const most = backoff(failures, limits, () => 1);
          assert.ok(ms >= Math.floor(most / 2) && ms <= most && ms <= limits.maxMs);
        },
      ),
    );
  });

  it('is what the receiver asks for, in seconds or until a date, within a day', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(retryAfter('120', now), 120_000);
    assert.equal(retryAfter(' 0 ', now), 0);
    assert.equal(retryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now), 60_000);
    assert.equal(retryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
    assert.equal(retryAfter('999999999', now), 86_400_000);
    for (const header of [undefined, '', 'soon', '-5 minutes', '12345678901'])
      assert.ok((retryAfter(header, now) ?? 0) <= 86_400_000, String(header));
    assert.equal(retryAfter('soon', now), null);
    assert.equal(retryAfter(undefined, now), null);
  });
});
