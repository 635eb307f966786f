import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Actor } from '../services/actor.ts';
import { Answers } from './answers.ts';
import { fakeConnection, settled } from './fixtures/connection.ts';

/** A device's place for answers, which has room for `room` of them until it is told to take more. */
function replies(room: number) {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    sent,
    take(more: number) {
      room += more;
      for (const resolve of waiting.splice(0)) resolve();
    },
    toDevice(_actor: Actor, payload: string) {
      sent.push(payload);
      room--;
      return true;
    },
    room: () => (room > 0 ? undefined : new Promise<void>((resolve) => waiting.push(resolve))),
  };
}

describe('answers', () => {
  it('go out at once while there is room, then in order as there is', async () => {
    const device = fakeConnection();
    const place = replies(2);
    const answers = new Answers(place, () => assert.fail('it takes its answers'));
    for (const text of ['1', '2', '3', '4', '5']) answers.send(device, text);
    assert.deepEqual(place.sent, ['1', '2']);
    place.take(2);
    await settled();
    assert.deepEqual(place.sent, ['1', '2', '3', '4']);
    answers.send(device, '6');
    place.take(5);
    await settled();
    assert.deepEqual(place.sent, ['1', '2', '3', '4', '5', '6']);
    answers.send(device, '7');
    assert.equal(place.sent.at(-1), '7');
  });

  it('that nobody takes get the device closed, and are forgotten', async () => {
    const device = fakeConnection();
    const place = replies(0);
    let stuck = 0;
    const answers = new Answers(place, (connection) => {
      stuck++;
      connection.client.close();
    });
    for (let n = 0; n < 1_001; n++) answers.send(device, String(n));
    assert.equal(stuck, 1);
    answers.send(device, 'after the end');
    place.take(2_000);
    await settled();
    assert.deepEqual(place.sent, []);
  });

  it('make those wait who ask for room, and not for ever', async () => {
    const device = fakeConnection();
    const place = replies(0);
    const answers = new Answers(place, () => {});
    let through = false;
    const room = answers.room(device).then(() => {
      through = true;
    });
    await settled();
    assert.equal(through, false);
    device.close();
    place.take(0);
    await room;
    assert.equal(through, true);
  });
});
