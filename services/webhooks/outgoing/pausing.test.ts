import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { House } from '../fixtures/house.ts';
import { eventually, Outgoing, stateOf } from '../fixtures/outgoing.ts';
import type { Receiver } from '../fixtures/receiver.ts';

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
  it('are paused after a long failure, their owner is told, and they go on where they stopped', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: 503 });
    const first = await h.say(h.member, h.group, 'one');
    const other = await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 1);
    await outgoing.settled();
    assert.notEqual((await stateOf(h.owner, webhook.id)).failing_since, null);
    await outgoing.later(h.owner, webhook, 25 * HOUR_MS);
    await eventually(async () => (await stateOf(h.owner, webhook.id)).paused === 'failing');
    await eventually(async () => (await h.account(h.owner)).some(({ type }) => type === 'webhook.paused'));
    const told = (await h.account(h.owner)).find(({ type }) => type === 'webhook.paused');
    assert.deepEqual([told.webhook, told.reason, told.target], [webhook.id, 'failing', h.group]);
    const third = await h.say(h.member, h.group, 'three');
    const tries = receiver.got.length;
    await outgoing.later(h.owner, webhook, HOUR_MS);
    assert.equal(receiver.got.length, tries);
    receiver.answer = () => ({ status: 204 });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    await receiver.until(() => receiver.seqs().includes(third.seq));
    assert.deepEqual(receiver.seqs().slice(tries), [first.seq, other.seq, third.seq]);
    assert.equal((await stateOf(h.owner, webhook.id)).paused, null);
  });

  it('are paused at once when the receiver says that it is gone', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: 410 });
    await h.say(h.member, h.group, 'one');
    await eventually(async () => (await stateOf(h.owner, webhook.id)).paused === 'gone');
    assert.equal(receiver.got.length, 1);
  });

  it('rest while their owner has paused them', async () => {
    const webhook = await outgoing.register(h.owner, { conversation: h.group });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
    const one = await h.say(h.member, h.group, 'one');
    await outgoing.later(h.owner, webhook, HOUR_MS);
    assert.equal(receiver.got.length, 0);
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.seqs(), [one.seq]);
  });

  it('stop at once for who may not look after the group any more, and say so', async () => {
    for (const loses of ['left', 'demoted', 'removed'] as const) {
      const before = receiver.got.length;
      const webhook = await outgoing.register(h.admin, { conversation: h.group });
      await h.admin.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
      await h.say(h.member, h.group, 'what they could still be told');
      if (loses === 'left') await h.admin.ask('POST', `/groups/${h.group}/leave`);
      else if (loses === 'demoted')
        await h.owner.ask('POST', `/groups/${h.group}/role`, { user: h.admin.id, role: 'member' });
      else await h.owner.ask('POST', `/groups/${h.group}/remove`, { users: [h.admin.id] });
      await h.admin.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
      await eventually(async () => (await stateOf(h.admin, webhook.id)).paused === 'right_lost');
      assert.equal(receiver.got.length, before, loses);
      await h.admin.ask('DELETE', `/webhooks/${webhook.id}`);
      if (loses !== 'demoted') await h.owner.ask('POST', `/groups/${h.group}/add`, { users: [h.admin.id] });
      await h.owner.ask('POST', `/groups/${h.group}/role`, { user: h.admin.id, role: 'admin' });
    }
    const told = (await h.account(h.admin)).filter(({ type }) => type === 'webhook.paused');
    assert.deepEqual(
      told.map(({ reason }) => reason),
      ['right_lost', 'right_lost', 'right_lost'],
    );
  });
});
