/** Stores that do not answer: nobody is disconnected, nothing is lost, nothing grows, and nobody is asked without a pause. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import { alice, chat, oneMember, pass, phone, timeStands } from './fixtures/one-member.ts';
import { oneNode, uuid } from './fixtures/one-node.ts';

timeStands();

describe('without a store', () => {
  for (const store of ['directory', 'history'] as const)
    it(`that is the ${store}, a device waits, connected, and begins when it answers`, async () => {
      const node = oneMember();
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
    const node = oneMember();
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
    const node = oneMember();
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
    const node = oneMember();
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
    const node = oneMember();
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
    const node = oneMember();
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
    const node = oneMember();
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
