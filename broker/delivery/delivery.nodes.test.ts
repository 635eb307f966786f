/** Receipts of users whose devices are on different nodes. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Receipt } from '../../protocol/events.ts';
import type { NodeBus, NodeMessage } from '../nodes/node-bus.ts';
import { oneNode, uuid } from './fixtures/one-node.ts';

const [alice, bob, carol] = [uuid(1, 1), uuid(1, 2), uuid(1, 3)];
const [phone, laptop, desk, tablet] = [uuid(2, 1), uuid(2, 2), uuid(2, 3), uuid(2, 4)];
const chat = uuid(3, 1);

/** Nodes that tell one another at once, as text. */
class Buses {
  readonly #nodes: { users: Set<string>; listeners: Set<(message: NodeMessage) => void> }[] = [];
  readonly sent: { user: string; message: NodeMessage }[] = [];

  bus(): NodeBus & { users: Set<string> } {
    const node = { users: new Set<string>(), listeners: new Set<(message: NodeMessage) => void>() };
    this.#nodes.push(node);
    return {
      users: node.users,
      toUser: (user, message) => {
        this.sent.push({ user, message });
        const text = JSON.stringify(message);
        for (const other of this.#nodes)
          if (other !== node && other.users.has(user))
            for (const listener of other.listeners) listener(JSON.parse(text));
      },
      toAll() {},
      follow: (user) => {
        assert.equal(node.users.has(user), false, 'followed once');
        node.users.add(user);
      },
      unfollow: (user) => assert.equal(node.users.delete(user), true, 'it was followed'),
      onMessage: (listener) => {
        node.listeners.add(listener);
        return () => node.listeners.delete(listener);
      },
      stop: async () => {},
    };
  }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    for (let i = 0; i < 8; i++) await nextTurn();
    mock.timers.tick(50);
  }
  for (let i = 0; i < 8; i++) await nextTurn();
}

function twoNodes() {
  const buses = new Buses();
  const [busA, busB] = [buses.bus(), buses.bus()];
  const nodes = [oneNode(busA), oneNode(busB)] as const;
  for (const { memberships } of nodes) for (const user of [alice, bob]) memberships.join(user, chat, 1);
  const say = (sender: string) => {
    for (const node of nodes) node.say(chat, sender);
  };
  const stop = async () => {
    for (const { delivery } of nodes) await delivery.stop();
    assert.deepEqual([busA.users.size, busB.users.size], [0, 0]);
  };
  return { buses, busA, busB, a: nodes[0], b: nodes[1], say, stop };
}

const of = (device: ReturnType<ReturnType<typeof oneNode>['connect']>) =>
  device.receipts().flatMap(({ receipts }) => receipts as Receipt[]);

describe('receipts', () => {
  it('reach a sender on another node, and only where they are', async () => {
    const { buses, a, b, say, stop } = twoNodes();
    const sender = a.connect(alice, phone);
    b.connect(bob, desk);
    b.connect(carol, tablet);
    await pass(1_000);
    say(alice);
    say(alice);
    await pass(1_000);
    assert.deepEqual(of(sender), [{ user: bob, delivered: 2, delivered_at: 1 }]);
    assert.ok(buses.sent.every(({ user, message }) => user === alice && message.kind === 'receipts'));
    await stop();
  });

  it('of reading reach the other of two, and the reader’s own devices, wherever they are', async () => {
    const { a, b, say, stop } = twoNodes();
    const sender = a.connect(alice, phone);
    const readersOther = a.connect(bob, laptop);
    const reader = b.connect(bob, desk);
    await pass(1_000);
    say(alice);
    await pass(1_000);
    b.delivery.noteRead(bob, chat, 1, 7);
    await pass(1_000);
    for (const device of [sender, readersOther, reader])
      assert.deepEqual(
        of(device)
          .filter(({ read }) => read !== undefined)
          .map(({ user, read, read_at }) => [user, read, read_at]),
        [[bob, 1, 7]],
      );
    await stop();
  });

  it('of reading reach who wrote it, also of a group, and from a process that delivers nothing', async () => {
    const { a, b, say, stop } = twoNodes();
    for (const { memberships } of [a, b]) memberships.join(carol, chat, 1);
    const [sender, other] = [a.connect(alice, phone), a.connect(carol, tablet)];
    await pass(1_000);
    say(carol);
    say(alice);
    say(carol);
    await pass(1_000);
    // As one that has only HTTP: what it was told is not in its memory.
    b.delivery.gap();
    b.delivery.noteRead(bob, chat, 2, 7);
    await pass(1_000);
    for (const device of [sender, other])
      assert.deepEqual(
        of(device).filter(({ read }) => read !== undefined),
        [{ user: bob, read: 2, read_at: 7 }],
      );
    await stop();
  });

  it('are never told less than before, whichever node knows more', async () => {
    const { a, b, say, stop } = twoNodes();
    const sender = a.connect(alice, phone);
    // The slow one is where the sender is.
    const slow = a.connect(bob, laptop, false);
    b.connect(bob, desk);
    await pass(1_000);
    for (let n = 0; n < 3; n++) say(alice);
    await pass(1_000);
    assert.equal(of(sender).at(-1)?.delivered, 3);
    for (const { messageId } of slow.received.slice()) {
      a.delivery.acknowledged(slow.client.asClient, messageId as number);
      await pass(200);
    }
    const told = of(sender).flatMap(({ delivered }) => delivered ?? []);
    assert.deepEqual(
      told,
      told.toSorted((x, y) => x - y),
    );
    assert.equal(told.at(-1), 3);
    await stop();
  });

  it('follow a user from the first connection to the last, take-overs and hand-overs included', async () => {
    const { busA, a, stop } = twoNodes();
    const first = a.connect(alice, phone);
    const second = a.connect(alice, laptop);
    assert.deepEqual([...busA.users], [alice]);
    // Take-over by the same device.
    const again = a.connect(alice, phone);
    first.client.close();
    second.client.close();
    assert.deepEqual([...busA.users], [alice]);
    await a.delivery.handOver(phone);
    again.client.close();
    assert.deepEqual([...busA.users], []);
    await stop();
  });

  it('that cannot be read are read later, and not told below what was told', async () => {
    const { a, b, say, stop } = twoNodes();
    const reader = b.connect(bob, desk);
    const leaves = a.connect(bob, laptop);
    await pass(1_000);
    say(alice);
    await pass(1_000);
    leaves.client.close();
    await pass(1_000);
    // What is stored at node a is older than what b tells: each has cursors of its own here.
    a.stores.cursors = 'away';
    const sender = a.connect(alice, phone);
    await pass(1_000);
    say(alice);
    await pass(1_000);
    assert.deepEqual(
      of(sender).map(({ delivered }) => delivered),
      [2],
    );
    a.stores.cursors = 'up';
    const before = of(sender).length;
    await pass(20_000);
    assert.ok(of(sender).length > before, 'they are read');
    const told = of(sender)
      .filter(({ user }) => user === bob)
      .flatMap(({ delivered }) => delivered ?? []);
    assert.ok(
      told.every((delivered) => delivered === 2),
      `${told}`,
    );
    assert.deepEqual(reader.seqs(chat), [1, 2]);
    await stop();
  });
});
