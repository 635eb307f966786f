import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../../protocol/topics.ts';
import { online, withGroup } from '../fixtures/chat.ts';
import { bob, direct, group, me, quiet } from '../fixtures/model-server.ts';
import { MemoryStorage } from '../storage.ts';

describe('the list', () => {
  it('has what the server has, unread counts by all devices’ reading, and drafts', async () => {
    const server = withGroup();
    for (let i = 0; i < 5; i++) server.say(group, bob, `old ${i}`);
    server.cursors.set(group, 6);
    const device = await online(server);
    const { store } = device;
    const shown = () => store.conversation(group)!;
    assert.deepEqual(
      [shown().name, shown().role, shown().unread, shown().last?.content?.text],
      ['Boats', 'owner', 5, 'old 4'],
    );
    server.say(group, bob, 'new');
    await server.pumpAll();
    await quiet();
    assert.equal(shown().unread, 6);
    // Another device of one's own has read.
    await device.wire.receive(topics.inbox(me), {
      v: 1,
      type: 'receipts',
      conversation: group,
      receipts: [{ user: me, read: 6 }],
    });
    await quiet();
    assert.equal(shown().unread, 1);
    await store.setDraft(group, 'I am');
    await store.markRead(group);
    await device.restart();
    assert.deepEqual(
      [device.store.conversation(group)?.draft, device.store.conversation(group)?.unread],
      ['I am', 0],
    );
    assert.equal(server.read.get(group), 7);
    await device.stop();
  });

  it('goes by the server’s times', async () => {
    const server = withGroup();
    server.say(direct, bob, 'later');
    const device = await online(server, new MemoryStorage(), { now: () => 5 });
    await server.pumpAll();
    await quiet();
    assert.deepEqual(
      device.store.conversations.map(({ id }) => id),
      [direct, group],
    );
    server.say(group, bob, 'latest');
    await server.pumpAll();
    await quiet();
    assert.equal(device.store.conversations[0]?.id, group);
    await device.stop();
  });

  it('keeps a group that one was removed from, and says so', async () => {
    const device = await online(withGroup());
    device.server.append(group, 'members.removed', bob, { users: [me] });
    await device.server.pumpAll();
    await quiet();
    assert.deepEqual(
      [device.store.conversation(group)?.member, device.store.conversation(group)?.role],
      [false, null],
    );
    await device.stop();
  });
});
