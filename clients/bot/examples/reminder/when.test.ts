import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeTime, parseWhen } from './when.ts';
import { timeOf, wallAt, zoneNamed } from './zones.ts';

/** A Tuesday, 13:00 in Berlin. */
const NOW = Date.parse('2026-11-24T12:00:00Z');
const BERLIN = 'Europe/Berlin';

describe('when one is to be reminded', () => {
  const table: [text: string, due: string, what: string][] = [
    ['me in 2h to call Ann', '2026-11-24T14:00:00Z', 'call Ann'],
    ['in 90 minutes buy milk', '2026-11-24T13:30:00Z', 'buy milk'],
    ['in 1h30m that it rains', '2026-11-24T13:30:00Z', 'it rains'],
    ['me in an hour and 5 min about tea', '2026-11-24T13:05:00Z', 'tea'],
    ['in 1 day, 2 hours to sail', '2026-11-25T14:00:00Z', 'sail'],
    ['in 2 hours 3 geese', '2026-11-24T14:00:00Z', '3 geese'],
    ['at 18:30 to cook', '2026-11-24T17:30:00Z', 'cook'],
    ['18:30 cook', '2026-11-24T17:30:00Z', 'cook'],
    ['at 6pm to cook', '2026-11-24T17:00:00Z', 'cook'],
    ['at 12am to sleep', '2026-11-24T23:00:00Z', 'sleep'],
    ['at 12:15 to eat', '2026-11-25T11:15:00Z', 'eat'],
    ['at 18:30 tomorrow to cook', '2026-11-25T17:30:00Z', 'cook'],
    ['tomorrow to cook', '2026-11-25T08:00:00Z', 'cook'],
    ['Tomorrow at 7 to cook', '2026-11-25T06:00:00Z', 'cook'],
    ['friday 6pm to cook', '2026-11-27T17:00:00Z', 'cook'],
    ['on tuesday at 9 to cook', '2026-12-01T08:00:00Z', 'cook'],
    ['tuesday at 20:00 to cook', '2026-11-24T19:00:00Z', 'cook'],
    ['me on 2027-06-01 at 18:30 to cook', '2027-06-01T16:30:00Z', 'cook'],
  ];
  for (const [text, due, what] of table)
    it(text, () => {
      const asked = parseWhen(text, NOW, BERLIN);
      assert.deepEqual(asked && { ...asked, due: new Date(asked.due).toISOString() }, {
        due: due.replace('Z', '.000Z'),
        what,
      });
    });

  for (const text of [
    '',
    'me',
    'in 2h',
    'in 2 parsecs to go',
    'in 0h to go',
    'at 25:00 to go',
    'at 7:60 to go',
  ]) {
    it(`is not known of “${text}”`, () => assert.equal(parseWhen(text, NOW, BERLIN), null));
  }
  it('is not on days that there are not', () =>
    assert.equal(parseWhen('on 2027-02-30 at 9 to go', NOW, BERLIN), null));

  it('may lie in the past where a day is named: who asks is told', () => {
    assert.ok(parseWhen('today at 9 to go', NOW, BERLIN)!.due < NOW);
    assert.ok(parseWhen('2020-01-01 at 9 to go', NOW, BERLIN)!.due < NOW);
  });

  it('is another time elsewhere', () => {
    const due = (zone: string) => parseWhen('tomorrow at 9 to go', NOW, zone)!.due;
    assert.equal(due('America/New_York') - due(BERLIN), 6 * 3_600_000);
  });

  it('is said as people say it', () => {
    assert.equal(describeTime(NOW, NOW, BERLIN), 'today at 13:00');
    assert.equal(describeTime(NOW + 86_400_000, NOW, BERLIN), 'tomorrow at 13:00');
    assert.match(
      describeTime(Date.parse('2026-12-24T17:30:00Z'), NOW, BERLIN),
      /^on Thursday,? 24 December 2026 at 18:30$/,
    );
  });
});

describe('time zones', () => {
  it('show each minute as they show it', () => {
    const zones = [
      'UTC',
      BERLIN,
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    ];
    const times = fc.integer({ min: 28_000_000, max: 34_000_000 }).map((minutes) => minutes * 60_000);
    fc.assert(
      fc.property(fc.constantFrom(...zones), times, (zone, time) => {
        const wall = wallAt(time, zone);
        const back = timeOf(wall, zone);
        assert.deepEqual(wallAt(back, zone), wall);
        assert.ok(back <= time);
      }),
    );
  });

  it('put clocks forward and back', () => {
    const at = (day: number, month: number, hour: number) =>
      new Date(timeOf({ year: 2026, month, day, hour, minute: 30 }, BERLIN)).toISOString();
    assert.equal(at(29, 3, 2), '2026-03-29T01:30:00.000Z', 'never shown: it is 3:30 then');
    assert.equal(at(25, 10, 2), '2026-10-25T00:30:00.000Z', 'shown twice: the first');
  });

  it('have names', () => {
    assert.equal(zoneNamed('europe/berlin'), BERLIN);
    for (const none of ['Mars/Olympus', '+02:00', '', 'x'.repeat(100), 'Europe/Berlin\n'])
      assert.equal(zoneNamed(none), null);
  });
});
