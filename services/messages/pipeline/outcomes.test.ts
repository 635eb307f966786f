import assert from 'node:assert/strict';
import { it } from 'node:test';
import { refusal } from '../../../protocol/errors.ts';
import type { StoredEvent } from '../history.ts';
import { says } from '../samples.ts';
import { Outcomes } from './outcomes.ts';
import { refusalEvent } from './refusal-event.ts';

const stored = (seq: number): StoredEvent => {
  const { text: _text, amends: _amends, ...event } = says('stream', 'hi');
  return { ...event, seq };
};

it('wants the streams of those who wait, and no others, as long as they wait', async () => {
  const outcomes = new Outcomes();
  const event = stored(1);
  const { user } = event.sender;
  const first = outcomes.wait(user, event.id, ['stream', 'device'], 60_000);
  const second = outcomes.wait(user, 'another command', ['stream'], 60_000);
  assert.deepEqual(
    ['stream', 'device', 'other'].map((one) => outcomes.wants(one)),
    [true, true, false],
  );
  outcomes.read({ events: [event] });
  assert.deepEqual(await first.outcome, { ok: true, event, duplicate: false });
  assert.deepEqual(
    ['stream', 'device'].map((one) => outcomes.wants(one)),
    [true, false],
  );
  second.cancel();
  assert.equal(await second.outcome, null);
  assert.equal(outcomes.wants('stream'), false);
});

it('settles everybody who waits for a command, by its event, its refusal or its repetition', async () => {
  const outcomes = new Outcomes();
  const actor = { user: 'user', device: 'device' };
  const wait = (id: string) => outcomes.wait('user', id, [], 60_000).outcome;
  const waiting = [wait('refused'), wait('refused'), wait('repeated')];
  const record = { position: 1, actor, acceptedAt: 5, command: { id: 'refused' } as never, text: '' };
  const { text: _text, amends: _amends, ...refused } = refusalEvent(record, refusal('blocked'));
  outcomes.read({ events: [{ ...refused, seq: 1 }] });
  const event = stored(7);
  outcomes.read({
    answers: [{ to: actor, command: 'repeated', outcome: { ok: true, event, duplicate: true } }],
  });
  assert.deepEqual(await Promise.all(waiting), [
    { ok: false, error: refusal('blocked') },
    { ok: false, error: refusal('blocked') },
    { ok: true, event, duplicate: true },
  ]);
});

it('is not settled by the same id of another user', async () => {
  const outcomes = new Outcomes();
  const event = stored(1);
  const waiting = outcomes.wait('somebody else', event.id, ['stream'], 60_000);
  outcomes.read({ events: [event] });
  waiting.cancel();
  assert.equal(await waiting.outcome, null);
});
