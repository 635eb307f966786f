/** Stores that do not answer: nobody is disconnected, nothing is lost, nothing grows, and nobody is asked without a pause. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { topics } from '../../protocol/topics.ts';
import { oneNode, uuid } from './fixtures/one-node.ts';

const [alice, phone, laptop, chat] = [uuid(1, 1), uuid(2, 1), uuid(2, 2), uuid(3, 1)];

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** Time passes, in which everything that is asked is answered. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    for (let i = 0; i < 8; i++) await nextTurn();
    mock.timers.tick(50);
  }
  for (let i = 0; i < 8; i++) await nextTurn();
}

function setUp() {
  const node = oneNode();
  node.memberships.join(alice, chat, 1);
  return node;
}

describe('without a store', () => {
  for (const store of ['directory', 'history'] as const)
    it(`that is the ${store}, a device waits, connected, and begins when it answers`, async () => {
      const node = setUp();
      node.store(chat, 'somebody', 'said');
      node.stores[store] = 'away';
      const one = node.connect(alice, phone);
      await pass(60_000);
      assert.equal(one.client.closed, false);
      assert.deepEqual(one.seqs(chat), []);
      // 60 s of pauses that grow to 15 s.
      assert.ok(node.asked[store] > 3 && node.asked[store] < 20, `asked ${node.asked[store]} times`);
      node.say(chat);
      node.stores[store] = 'up';
      await pass(20_000);
      assert.deepEqual(one.seqs(chat), [1, 2]);
      await node.delivery.stop();
    });

  it('a device that waits is told what was refused, at once and whatever is in flight; answers wait', async () => {
    const node = setUp();
    const actor = { user: alice, device: phone };
    const inbox = topics.deviceInbox(alice, phone);
    // Three events in flight when the connection ends.
    const before = node.connect(alice, phone, false);
    await pass(1_000);
    for (let n = 0; n < 3; n++) node.say(chat);
    await pass(1_000);
    const used = before.received.map(({ messageId }) => messageId);
    assert.equal(used.length, 3);
    before.client.close();

    node.stores.directory = 'away';
    const one = node.connect(alice, phone, false);
    node.delivery.subscribed(one.client.asClient, [{ topic: inbox, qos: 1 }]);
    await pass(5_000);
    let written = 0;
    assert.equal(node.delivery.toDevice(actor, '{"answer":1}'), true);
    for (let n = 0; n < 100; n++)
      assert.equal(
        node.delivery.toDeviceFirst(actor, `{"refused":${n}}`, () => written++),
        true,
      );
    assert.equal(written, 100);
    assert.deepEqual(
      one.bodies().map((body) => body.refused),
      Array.from({ length: 100 }, (_, n) => n),
    );
    const ids = one.received.map(({ messageId }) => messageId);
    assert.equal(new Set([...ids, ...used]).size, 103, 'identifiers of what is in flight were used again');
    // A socket without room: it is told when there is some.
    one.client.conn.writableNeedDrain = true;
    node.delivery.toDeviceFirst(actor, '{"refused":100}', () => written++);
    assert.equal(written, 100);
    one.client.conn.drain();
    assert.equal(written, 101);
    for (let n = 0; n <= 100; n++) one.acknowledge(n);
    node.stores.directory = 'up';
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [1, 2, 3]);
    assert.equal(one.bodies().filter(({ answer }) => answer === 1).length, 1);
    await node.delivery.stop();
  });

  it('connections do not begin with the same packet identifiers', async () => {
    // A PUBACK of an earlier connection, at another node, may still come.
    const node = setUp();
    node.say(chat);
    const firsts = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const one = node.connect(alice, uuid(2, n + 1), false);
      await pass(200);
      const { messageId } = one.received[0]!;
      assert.ok(messageId! >= 32_768 && messageId! <= 65_535);
      firsts.add(messageId!);
    }
    assert.ok(firsts.size > 10, `${firsts.size} of 20 differ`);
    await node.delivery.stop();
  });

  it('who waits for a device to be told hears of it when its connection ends', async () => {
    const node = setUp();
    const actor = { user: alice, device: phone };
    const one = node.connect(alice, phone);
    const told: string[] = [];
    assert.equal(
      node.delivery.toDeviceFirst(actor, '{}', () => told.push('no inbox')),
      false,
    );
    node.delivery.subscribed(one.client.asClient, [{ topic: topics.deviceInbox(alice, phone), qos: 1 }]);
    await pass(1_000);
    one.client.conn.writableNeedDrain = true;
    for (const n of [1, 2]) node.delivery.toDeviceFirst(actor, '{}', () => told.push(`${n}`));
    assert.equal(told.length, 0);
    one.client.close();
    assert.deepEqual(told, ['1', '2']);
    assert.equal(
      node.delivery.toDeviceFirst(actor, '{}', () => told.push('nobody')),
      false,
    );
    assert.deepEqual(one.bodies(), []);
    await node.delivery.stop();
  });

  it('pages are asked for again, also when they end before what was told', async () => {
    const node = setUp();
    const one = node.connect(alice, phone);
    await pass(1_000);
    // Told in between, so that it goes through history.
    node.store(chat, 'somebody', 'said');
    node.stores.history = 'away';
    const second = node.store(chat, 'somebody', 'said');
    node.stream.emit(second);
    await pass(30_000);
    assert.deepEqual(one.seqs(chat), []);
    node.stores.history = 'up';
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [1, 2]);
    await node.delivery.stop();
  });

  it('an event that is told before history shows it is waited for', async () => {
    const node = setUp();
    const one = node.connect(alice, phone);
    await pass(1_000);
    const elsewhere = oneNode();
    const early = [elsewhere.store(chat, 'somebody', 'said'), elsewhere.store(chat, 'somebody', 'said')];
    node.stream.emit(early[1]!);
    await pass(5_000);
    assert.deepEqual(one.seqs(chat), []);
    for (const _ of early) node.store(chat, 'somebody', 'said');
    await pass(20_000);
    assert.deepEqual(one.seqs(chat), [1, 2]);
    await node.delivery.stop();
  });

  it('what is told again costs no read', async () => {
    const node = setUp();
    const one = node.connect(alice, phone);
    await pass(1_000);
    const events = [node.say(chat), node.say(chat), node.say(chat)];
    await pass(1_000);
    const before = { ...node.asked };
    node.stream.emit(...events, events[0]!);
    node.say(chat);
    await pass(1_000);
    assert.deepEqual(one.seqs(chat), [1, 2, 3, 4]);
    assert.equal(node.asked.history, before.history);
    assert.equal(node.asked.directory, before.directory);
    await node.delivery.stop();
  });
});

describe('without the cursors', () => {
  it('a device gets what is new, and everything behind its cursor when that is known', async () => {
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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

describe('another node takes a device over', () => {
  it('when its cursors are written, and nothing goes to it here any more', async () => {
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
    const node = setUp();
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
