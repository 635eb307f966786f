import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { quietUntil } from './quiet-hours.ts';

const at = (text: string) => Date.parse(text);
const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
const until = (quiet: Parameters<typeof quietUntil>[0], now: string) => {
  const end = quietUntil(quiet, at(now));
  return end === null ? null : new Date(end).toISOString().slice(0, 16);
};

describe('quiet hours', () => {
  it('end by the clock of their zone, over midnight too', () => {
    assert.equal(until(null, '2026-01-10T23:00:00Z'), null);
    assert.equal(until(night, '2026-01-10T20:59:59.999Z'), null);
    assert.equal(until(night, '2026-01-10T21:00:00Z'), '2026-01-11T06:00');
    assert.equal(until(night, '2026-01-11T05:59:59Z'), '2026-01-11T06:00');
    assert.equal(until(night, '2026-01-11T06:00:00Z'), null);
    assert.equal(until(night, '2026-07-10T21:30:00Z'), '2026-07-11T05:00');
    const noon = { from: '12:00', to: '13:30', zone: 'Asia/Kolkata' };
    assert.equal(until(noon, '2026-01-10T06:29:00Z'), null);
    assert.equal(until(noon, '2026-01-10T06:30:00Z'), '2026-01-10T08:00');
    assert.equal(until({ ...noon, to: '12:00' }, '2026-01-10T06:30:00Z'), null);
  });

  it('end by it also in the nights in which clocks are changed', () => {
    // Put forward at 01:00 UTC, and back at 01:00 UTC.
    assert.equal(until(night, '2026-03-28T22:00:00Z'), '2026-03-29T05:00');
    assert.equal(until(night, '2026-10-24T22:00:00Z'), '2026-10-25T06:00');
    // 02:30 is not there in that night: it is over when the clock shows a time behind it.
    const gap = { from: '01:00', to: '02:30', zone: 'Europe/Berlin' };
    assert.equal(until(gap, '2026-03-29T00:30:00Z'), '2026-03-29T01:00');
  });

  it('are over when they end, and were not before', () => {
    const time = fc
      .integer({ min: 0, max: 1_439 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    const now = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(time, time, zone, now, (from, to, inZone, moment) => {
        const quiet = { from, to, zone: inZone };
        const end = quietUntil(quiet, moment);
        if (end === null) return;
        assert.ok(end > moment && end - moment <= 26 * 3_600_000);
        assert.equal(quietUntil(quiet, end), null);
        assert.notEqual(quietUntil(quiet, end - 360_000 > moment ? end - 360_000 : moment), null);
      }),
      { numRuns: 2_000 },
    );
  });
});
