import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt-packet';
import { topics } from '../../protocol/topics.ts';
import { createDelivery } from './create.ts';
import { FakeClient } from './fixtures/fake-connection.ts';
import { HandDrivenStream } from './fixtures/hand-driven-stream.ts';
import { MemoryMemberships, memoryCursors, memoryHistory } from './fixtures/memory-stores.ts';
import { silentLogger } from './fixtures/silent-logger.ts';

const [user, device, chat] = [
  '00000001-0000-7000-8000-000000000000',
  '00000002-0000-7000-8000-000000000000',
  '00000003-0000-7000-8000-000000000000',
];

/** A delivery to one device over stores in memory. */
function setUp(gates: { history?: () => Promise<void>; cursors?: () => Promise<void> } = {}) {
  const open = async () => {};
  const history = memoryHistory(gates.history ?? open);
  const cursors = memoryCursors(gates.cursors ?? open);
  const memberships = new MemoryMemberships();
  const stream = new HandDrivenStream();
  const delivery = createDelivery({
    history: history.history,
    cursors: cursors.cursors,
    memberships,
    stream,
    clock: { now: () => 1 },
    logger: silentLogger,
    window: 10,
    receiptFlushMs: 60_000,
    cursorFlushMs: 60_000,
  });
  memberships.join(user!, chat!, 1);
  const connect = () => {
    const received: IPublishPacket[] = [];
    const client = new FakeClient(
      (packet) => received.push(packet),
      () => delivery.detach(client.asClient),
    );
    return { client, received };
  };
  const attach = ({ client }: ReturnType<typeof connect>) =>
    delivery.attach(client.asClient, { user: user!, device: device! }, true);
  const subscribe = ({ client }: ReturnType<typeof connect>) =>
    delivery.subscribed(client.asClient, [{ topic: topics.inbox(user!), qos: 1 }]);
  const say = () => stream.emit(history.store(chat!, 'somebody', 'said'));
  return { delivery, history, cursors, stream, connect, attach, subscribe, say };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}

describe('delivery', () => {
  it('is not taken over by a connection that was closed before it was ready', async () => {
    const { connect, attach, subscribe, say } = setUp();
    const [loser, winner] = [connect(), connect()];
    loser.client.close();
    attach(winner);
    subscribe(winner);
    await settle();
    attach(loser);
    subscribe(loser);
    say();
    await settle();
    assert.equal(winner.received.length, 1);
    assert.equal(loser.received.length, 0);
  });

  it('writes nothing of a device after it was forgotten, also what could not be written before', async () => {
    let failing = false;
    const { delivery, cursors, connect, attach, subscribe, say } = setUp({
      cursors: async () => {
        await nextTurn();
        if (failing) throw new Error('the store does not answer');
      },
    });
    const one = connect();
    attach(one);
    subscribe(one);
    await settle();
    say();
    assert.equal(delivery.acknowledged(one.client.asClient, one.received[0]!.messageId!), true);
    failing = true;
    await assert.rejects(delivery.forgetDevice(device!), /does not answer/);
    failing = false;
    await delivery.stop();
    assert.equal(cursors.stored(device!, chat!), 0);
  });

  it('does not send from a page what was removed while it was read, new or again', async () => {
    const waiting: (() => void)[] = [];
    let slow = false;
    const world = setUp({
      history: () => (slow ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    });
    const { history, stream, connect, attach, subscribe } = world;
    const removed = (packet: IPublishPacket) => JSON.parse(packet.payload.toString()).deleted === true;
    const removeWhileReading = async () => {
      await settle();
      assert.ok(waiting.length > 0, 'it reads');
      history.erase(chat!, 1);
      stream.emit({ ...history.store(chat!, 'somebody', 'removes'), erased: 1 });
      slow = false;
      for (const resolve of waiting.splice(0)) resolve();
      await settle();
    };
    history.store(chat!, 'somebody', 'said');
    const first = connect();
    attach(first);
    subscribe(first);
    // The heads are read already; the page is what is slow.
    await nextTurn();
    assert.equal(first.received.length, 1);
    first.client.close();
    slow = true;
    const second = connect();
    attach(second);
    // The read of the heads.
    await settle();
    waiting.shift()!();
    await removeWhileReading();
    assert.deepEqual(second.received.slice(0, 1).map(removed), [true]);
    assert.equal(second.received[0]!.dup, true);
  });
});
