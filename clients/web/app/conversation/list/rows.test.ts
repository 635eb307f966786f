import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry, Message } from '../../../../sdk/index.ts';
import { dayOf, rowsOf, TOGETHER_MS } from './rows.ts';

const NOON = new Date(2026, 4, 3, 12).getTime();
const options = { me: 'me', unread: null, now: NOON };

function message(seq: number, sender: string, time: number | null): Entry {
  return { type: 'message', key: `k${seq}`, seq: time === null ? null : seq, sender, time } as Message;
}
const shape = (rows: ReturnType<typeof rowsOf>) =>
  rows.map(({ key, day, unread, first, last }) =>
    [key, day && 'day', unread && `unread ${unread}`, first && 'first', last && 'last']
      .filter(Boolean)
      .join(' '),
  );

describe('rows', () => {
  it('group a sender’s messages by time, apart from others', () => {
    const entries = [
      message(1, 'ann', NOON),
      message(2, 'ann', NOON + TOGETHER_MS),
      message(3, 'ann', NOON + 2 * TOGETHER_MS + 1),
      message(4, 'ben', NOON + 2 * TOGETHER_MS + 2),
      message(5, 'ben', NOON + 2 * TOGETHER_MS + 3),
    ];
    assert.deepEqual(shape(rowsOf(entries, options)), [
      'k1 day first',
      'k2 last',
      'k3 first last',
      'k4 first',
      'k5 last',
    ]);
  });

  it('begin a day where one begins, by the zone of the device', () => {
    const midnight = new Date(2026, 4, 4).getTime();
    const rows = rowsOf([message(1, 'ann', midnight - 1), message(2, 'ann', midnight)], options);
    assert.deepEqual(shape(rows), ['k1 day first last', 'k2 day first last']);
    assert.deepEqual([rows[0]!.day, rows[1]!.day], ['2026-05-03', '2026-05-04']);
    assert.equal(dayOf(midnight), '2026-05-04');
  });

  it('put what has no time yet with the newest', () => {
    const rows = rowsOf([message(1, 'me', NOON - 1_000), message(2, 'me', null)], options);
    assert.deepEqual(shape(rows), ['k1 day first', 'k2 last']);
  });

  it('a notice ends a group', () => {
    const notice = { type: 'notice', key: 'n', seq: 2, sender: 'ann', time: NOON } as Entry;
    const rows = rowsOf([message(1, 'ann', NOON), notice, message(3, 'ann', NOON)], options);
    assert.deepEqual(shape(rows), ['k1 day first last', 'n first last', 'k3 first last']);
  });

  it('say once where the unread ones begin: at the first of somebody else', () => {
    const entries = [1, 2, 3, 4].map((seq) => message(seq, seq === 2 ? 'me' : 'ann', NOON));
    assert.deepEqual(shape(rowsOf(entries, { ...options, unread: { after: 1, count: 2 } })), [
      'k1 day first last',
      'k2 first last',
      'k3 unread 2 first',
      'k4 last',
    ]);
  });

  it('do not say it where the first unread one is not here yet', () => {
    const entries = [message(7, 'ann', NOON), message(8, 'ann', NOON)];
    const unread = { after: 3, count: 5 };
    assert.deepEqual(shape(rowsOf(entries, { ...options, unread })), ['k7 day first', 'k8 last']);
    assert.deepEqual(shape(rowsOf(entries, { ...options, unread: { after: 6, count: 2 } })), [
      'k7 day unread 2 first',
      'k8 last',
    ]);
  });

  it('stay the same objects where nothing changed', () => {
    const entries = [message(1, 'ann', NOON), message(2, 'ann', NOON)];
    const before = rowsOf(entries, options);
    const after = rowsOf([...entries, message(3, 'ann', NOON)], options, before);
    assert.equal(after[0], before[0]);
    assert.notEqual(after[1], before[1]); // no longer the last
  });
});
