/** What a node missed, or another one does now. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { alice, chat, laptop, oneMember, pass, phone, timeStands } from './fixtures/one-member.ts';
import { uuid } from './fixtures/one-node.ts';

timeStands();

describe('another node takes a device over', () => {
  it('when its cursors are written, and nothing goes to it here any more', async () => {
    const node = oneMember();
    const one = node.connect(alice, phone);
    const other = node.connect(alice, laptop);
    await pass(1_000);
    node.say(chat);
    await nextTurn();
    await node.delivery.handOver(phone);
    assert.equal(node.stored(phone, chat), 1);
    node.say(chat);
    await pass(1_000);
    assert.deepEqual(one.seqs(chat), [1]);
    assert.deepEqual(other.seqs(chat), [1, 2]);
    await node.delivery.stop();
  });

  it('also when they cannot be written', async () => {
    const node = oneMember();
    node.connect(alice, phone);
    await pass(1_000);
    node.stores.cursors = 'away';
    node.say(chat);
    await nextTurn();
    await node.delivery.handOver(phone);
    assert.equal(node.stored(phone, chat), 0);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.equal(node.stored(phone, chat), 1);
    await node.delivery.stop();
  });
});

describe('a gap', () => {
  it('may have removed what is in memory', async () => {
    const node = oneMember();
    node.connect(alice, phone);
    await pass(1_000);
    node.say(chat);
    node.erase(chat, 1);
    node.store(chat, 'somebody', 'removed');
    node.delivery.gap();
    const other = node.connect(alice, laptop);
    await pass(1_000);
    assert.deepEqual(
      other.bodies().map(({ deleted }) => deleted ?? false),
      [true, false],
    );
    await node.delivery.stop();
  });

  it('is filled for everybody who is connected, with conversations that were joined in it', async () => {
    const node = oneMember();
    const group = uuid(3, 2);
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.store(chat, 'somebody', 'said');
    node.store(group, 'somebody', 'joined');
    node.memberships.join(alice, group, 1);
    node.store(group, 'somebody', 'said');
    await pass(1_000);
    assert.equal(node.delivery.wants(chat), true);
    assert.equal(node.delivery.wants(group), false);
    node.stores.directory = 'away';
    node.delivery.gap();
    await pass(5_000);
    node.stores.directory = 'up';
    await pass(20_000);
    assert.deepEqual([one.seqs(chat), one.seqs(group)], [[1], [1, 2]]);
    assert.equal(one.client.closed, false);
    assert.equal(node.delivery.wants(group), true);
    one.client.close();
    assert.equal(node.delivery.wants(chat), false);
    await node.delivery.stop();
  });
});
