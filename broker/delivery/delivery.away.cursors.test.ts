/** Stores that do not answer: nobody is disconnected, nothing is lost, nothing grows, and nobody is asked without a pause. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, chat, laptop, oneMember, pass, phone, timeStands } from './fixtures/one-member.ts';
import { uuid } from './fixtures/one-node.ts';

timeStands();

describe('without the cursors', () => {
  it('a device gets what is new, and everything behind its cursor when that is known', async () => {
    const node = oneMember();
    const before = node.connect(alice, phone);
    for (let n = 1; n <= 3; n++) node.say(chat);
    await pass(1_000);
    assert.deepEqual(before.seqs(chat), [1, 2, 3]);
    before.client.close();
    await pass(1_000);
    assert.equal(node.stored(phone, chat), 3);
    for (let n = 4; n <= 6; n++) node.say(chat);
    node.stores.cursors = 'away';
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.say(chat);
    node.say(chat);
    await pass(10_000);
    assert.deepEqual(one.seqs(chat), [7, 8]);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [7, 8, 4, 5, 6, 7, 8]);
    assert.equal(node.stored(phone, chat), 8);
    await node.delivery.stop();
  });

  it('nothing is written of a device that was gone before they were known', async () => {
    const node = oneMember();
    for (let n = 1; n <= 3; n++) node.say(chat);
    node.stores.cursors = 'away';
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.say(chat);
    await pass(1_000);
    assert.deepEqual(one.seqs(chat), [4]);
    one.client.close();
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.equal(node.stored(phone, chat), 0);
    const again = node.connect(alice, phone);
    await pass(1_000);
    assert.deepEqual(again.seqs(chat), [1, 2, 3, 4]);
    await node.delivery.stop();
  });

  it('what a device acknowledges says nothing until they are known', async () => {
    const node = oneMember();
    const bob = uuid(1, 2);
    node.memberships.join(bob, chat, 1);
    const sender = node.connect(bob, laptop);
    await pass(1_000);
    for (let n = 1; n <= 3; n++) node.say(chat, bob);
    await pass(1_000);
    node.stores.cursors = 'unread';
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.say(chat, bob);
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [4]);
    assert.equal(node.stored(phone, chat), 0);
    assert.deepEqual(sender.receipts(), []);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [4, 1, 2, 3, 4]);
    assert.equal(node.stored(phone, chat), 4);
    assert.deepEqual(
      sender.receipts().map(({ receipts }) => receipts),
      [[{ user: alice, delivered: 4, delivered_at: 1 }]],
    );
    await node.delivery.stop();
  });

  it('what was sent before they were known counts for nothing when it is acknowledged after', async () => {
    const node = oneMember();
    for (let n = 1; n <= 3; n++) node.say(chat);
    node.stores.cursors = 'unread';
    const one = node.connect(alice, phone, false);
    await pass(200);
    node.say(chat);
    node.say(chat);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [4, 5, 1, 2, 3, 4, 5]);
    assert.equal(one.acknowledge(0), true);
    await pass(1_000);
    assert.equal(node.stored(phone, chat), 0);
    one.acknowledge(2);
    await pass(1_000);
    assert.equal(node.stored(phone, chat), 1);
    // And is not begun again by the next connection: what is behind the cursor is.
    one.client.close();
    const again = node.connect(alice, phone);
    await pass(1_000);
    assert.deepEqual(again.seqs(chat), [2, 3, 4, 5]);
    await node.delivery.stop();
  });

  it('those who connect do not wait, one after the other, to see that they cannot be read', async () => {
    const node = oneMember();
    node.stores.cursors = 'away';
    const devices = [node.connect(alice, phone)];
    await pass(100);
    for (let n = 10; n < 110; n++) devices.push(node.connect(alice, uuid(2, n)));
    await pass(100);
    node.say(chat);
    assert.ok(devices.every((device) => device.seqs(chat).length === 1));
    assert.equal(node.asked.cursors, 1);
    await node.delivery.stop();
  });

  it('receipts of the time that a device was away are read later', async () => {
    const node = oneMember();
    const bob = uuid(1, 2);
    node.memberships.join(bob, chat, 1);
    node.connect(bob, laptop);
    await pass(1_000);
    node.say(chat, alice);
    await pass(1_000);
    node.stores.cursors = 'away';
    const one = node.connect(alice, phone);
    await pass(10_000);
    assert.deepEqual(one.receipts(), []);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.deepEqual(
      one.receipts().map(({ receipts }) => receipts[0]),
      [{ user: bob, delivered: 1, delivered_at: 1, read: 0 }],
    );
    await node.delivery.stop();
  });

  it('what was in flight to a device that began without them comes again, and all before it', async () => {
    const node = oneMember();
    for (let n = 1; n <= 3; n++) node.say(chat);
    node.stores.cursors = 'away';
    const one = node.connect(alice, phone, false);
    await pass(1_000);
    node.say(chat);
    await pass(1_000);
    assert.deepEqual(one.seqs(chat), [4]);
    one.client.close();
    node.stores.cursors = 'up';
    await pass(20_000);
    const again = node.connect(alice, phone);
    await pass(1_000);
    assert.deepEqual(again.seqs(chat), [1, 2, 3, 4]);
    await node.delivery.stop();
  });

  it('connected devices go on, and what they acknowledge is written when it can be', async () => {
    const node = oneMember();
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.stores.cursors = 'away';
    const before = node.asked.cursors;
    for (let n = 0; n < 400; n++) {
      node.say(chat);
      await pass(100);
    }
    assert.equal(one.seqs(chat).length, 400);
    // 40 s of writes that fail, in pauses that grow to 15 s.
    assert.ok(node.asked.cursors - before < 20, `asked ${node.asked.cursors - before} times`);
    node.stores.cursors = 'up';
    await pass(20_000);
    assert.equal(node.stored(phone, chat), 400);
    await node.delivery.stop();
  });

  it('a device that returns to its node begins where it stood', async () => {
    const node = oneMember();
    const one = node.connect(alice, phone);
    await pass(1_000);
    node.stores.cursors = 'away';
    node.say(chat);
    await pass(1_000);
    one.client.close();
    await pass(1_000);
    node.stores.cursors = 'up';
    const again = node.connect(alice, phone);
    await pass(1_000);
    node.say(chat);
    await pass(1_000);
    assert.deepEqual(again.seqs(chat), [2]);
    await node.delivery.stop();
  });
});
