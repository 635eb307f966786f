import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Body } from '../../gateway/fixtures/answer.ts';
import type { Person } from '../../gateway/fixtures/person.ts';
import type { House } from '../fixtures/house.ts';
import { eventually, Outgoing, stateOf } from '../fixtures/outgoing.ts';
import { Receiver } from '../fixtures/receiver.ts';

const HOUR_MS = 3_600_000;

let outgoing: Outgoing;
let h: House;
let receiver: Receiver;
beforeEach(async () => {
  outgoing = await Outgoing.open();
  ({ h, receiver } = outgoing);
});
afterEach(() => outgoing.close());

describe('outgoing webhooks', () => {
  const failures = async (by: Person, id: string): Promise<Body[]> =>
    (await by.ask('GET', `/webhooks/${id}/failures`)).body.failures;

  it('are told of what happens, in order, signed, and of nothing else', async () => {
    await h.say(h.member, h.group, 'before');
    const webhook = await outgoing.register(h.admin, {
      conversation: h.group,
      events: ['message', 'message.edited'],
    });
    const said: Body[] = [];
    for (const text of ['one', 'two', 'three']) said.push(await h.say(h.member, h.group, text));
    await h.say(h.member, h.direct, 'not theirs');
    await h.member.ask('PUT', `/messages/${h.group}/${said[0].seq}/reaction`, { emoji: '👍' });
    await h.member.ask('POST', `/messages/${h.group}/${said[0].seq}/edit`, {
      content: { type: 'text', text: 'uno' },
    });
    await receiver.until(() => receiver.got.length >= 4);
    assert.deepEqual(
      receiver.got.map(({ told }) => told.data),
      [...said, receiver.got[3]!.told.data],
    );
    const [first] = receiver.got;
    assert.equal(first!.told.type, 'message');
    assert.equal(first!.told.timestamp, new Date(said[0].time).toISOString());
    assert.equal(receiver.got[3]!.told.type, 'message.edited');
    for (const { signedBy, headers } of receiver.got) {
      assert.deepEqual(signedBy, [webhook.secret]);
      assert.equal(headers['content-type'], 'application/json');
      assert.ok(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - h.clock.now()) < 60_000);
      assert.ok(!String(headers['webhook-id']).includes('.'));
    }
    assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 4);
  });

  it('are told again under the same id until they say yes, and of what comes behind it after that', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: receiver.got.length === 1 ? 500 : 204 });
    const first = await h.say(h.member, h.group, 'one');
    const second = await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 1);
    await outgoing.settled();
    assert.notEqual((await stateOf(h.owner, webhook.id)).failing_since, null);
    await outgoing.later(h.owner, webhook, 61_000);
    await receiver.until(() => receiver.got.length === 3);
    assert.deepEqual(receiver.seqs(), [first.seq, first.seq, second.seq]);
    assert.equal(receiver.got[0]!.id, receiver.got[1]!.id);
    await eventually(async () => (await stateOf(h.owner, webhook.id)).failing_since === null);
  });

  it('wait as long as the receiver asks them to', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    receiver.answer = () =>
      receiver.got.length === 1 ? { status: 429, headers: { 'retry-after': '7200' } } : { status: 204 };
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    await outgoing.settled();
    assert.notEqual((await stateOf(h.owner, webhook.id)).failing_since, null);
    // Our own pause is over; theirs is not.
    await outgoing.later(h.owner, webhook, 2 * HOUR_MS - 30_000);
    await outgoing.settled();
    assert.equal(receiver.got.length, 1);
    await outgoing.later(h.owner, webhook, 60_000);
    await receiver.until(() => receiver.got.length === 2);
  });

  it('give an event up after so many attempts, go on behind it, and tell of it when that is asked for', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    const bad = await h.say(h.member, h.group, 'bad');
    receiver.answer = ({ told }) => ({ status: told.data.seq === bad.seq ? 400 : 204 });
    const good = await h.say(h.member, h.group, 'good');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await receiver.until(() => receiver.got.length === attempt);
      await outgoing.settled();
      if (attempt < 3) await outgoing.later(h.owner, webhook, 10 * 60_000);
    }
    await receiver.until(() => receiver.got.length === 4);
    assert.deepEqual(receiver.seqs(), [bad.seq, bad.seq, bad.seq, good.seq]);
    const [letter, ...others] = await failures(h.owner, webhook.id);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [letter.conversation, letter.seq, letter.type, letter.attempts, letter.status, letter.reason],
      [h.group, bad.seq, 'message', 3, 400, 'status'],
    );
    // What says something of an event says nothing of the endpoint.
    assert.equal((await stateOf(h.owner, webhook.id)).failing_since, null);

    // Again, and refused again.
    const replay = (failures?: string[]) =>
      h.owner.ask(
        'POST',
        `/webhooks/${webhook.id}/failures/replay`,
        failures === undefined ? {} : { failures },
      );
    assert.equal((await replay(['01890000-0000-7000-8000-000000000001'])).body.replaying, 0);
    assert.equal((await replay([letter.id])).body.replaying, 1);
    await receiver.until(() => receiver.got.length === 5);
    await eventually(async () => (await failures(h.owner, webhook.id))[0].attempts === 4);
    receiver.answer = () => ({ status: 200 });
    assert.equal((await replay()).body.replaying, 1);
    await receiver.until(() => receiver.got.length === 6);
    assert.equal(receiver.got[5]!.id, receiver.got[0]!.id);
    await eventually(async () => (await failures(h.owner, webhook.id)).length === 0);
  });

  it('take neither silence nor a redirect for a yes', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    receiver.answer = () =>
      receiver.got.length === 1
        ? 'hang'
        : { status: 302, headers: { location: `${receiver.url}/elsewhere` } };
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    await outgoing.settled();
    assert.notEqual((await stateOf(h.owner, webhook.id)).failing_since, null);
    await outgoing.later(h.owner, webhook, 61_000);
    await receiver.until(() => receiver.got.length === 2);
    await outgoing.settled();
    receiver.answer = () => ({ status: 204 });
    await outgoing.later(h.owner, webhook, HOUR_MS);
    await receiver.until(() => receiver.got.length === 3);
    assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 1);
  });

  it('sign with both secrets for a while after a change', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    const rotated = (await h.owner.ask('POST', `/webhooks/${webhook.id}/secret`)).body;
    assert.notEqual(rotated.secret, webhook.secret);
    receiver.secrets.push(rotated.secret);
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.got[0]!.signedBy, [webhook.secret, rotated.secret]);
    h.clock.forward(25 * HOUR_MS);
    await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 2);
    assert.deepEqual(receiver.got[1]!.signedBy, [rotated.secret]);
  });

  it('tell nothing of what was deleted meanwhile but that it was', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
    const { seq } = await h.say(h.member, h.group, 'a slip of the tongue');
    const expiring = await h.member.ask('POST', '/messages/send', {
      to: { conversation: h.group },
      content: { type: 'text', text: 'for a moment only' },
      ttl: 60,
    });
    await h.member.ask('DELETE', `/messages/${h.group}/${seq}`);
    h.clock.forward(61_000);
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    assert.equal(expiring.status, 201, expiring.text);
    await receiver.until(() => receiver.got.length === 2);
    for (const { body } of receiver.got) assert.doesNotMatch(body, /slip|moment/);
    assert.equal(receiver.got[0]!.told.data.deleted, true);
    assert.equal(receiver.got[1]!.told.data.expired, true);
  });

  it('of one conversation do not wait for those of another, and one that hangs does not hold up the rest', async () => {
    const stuck = await Receiver.listening();
    stuck.answer = () => 'hang';
    await outgoing.register(h.owner, { conversation: h.group, url: stuck.url });
    await outgoing.register(h.member, { conversation: h.direct });
    await h.say(h.member, h.group, 'one');
    await stuck.until(() => stuck.got.length === 1);
    const said = await h.say(h.owner, h.direct, 'two');
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.seqs(), [said.seq]);
    await stuck.close();
  });
});
