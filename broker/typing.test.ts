import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createMetrics } from '../platform/metrics.ts';
import { Refused } from '../protocol/errors.ts';
import { topics } from '../protocol/topics.ts';
import { directConversation } from '../services/conversations/direct.ts';
import { Connections } from './connections/connections.ts';
import { actor, type FakeConnection, fakeConnection, payloads } from './fixtures/connection.ts';
import { alone } from './nodes/alone.ts';
import type { NodeBus } from './nodes/node-bus.ts';
import { Typing } from './typing.ts';

function stage(bus: Pick<NodeBus, 'toAll'> = alone) {
  const connections = new Connections();
  const members = new Map<string, Set<string>>();
  const blocked = new Set<string>();
  const time = { now: 0 };
  const metrics = createMetrics();
  metrics.stop();
  const typing = new Typing({
    connections,
    memberships: {
      role: (user, conversation) => (members.get(conversation)?.has(user) ? 'member' : null),
      members: async (conversation) => members.get(conversation) ?? new Set(),
    },
    relations: { blocked: (a, b) => blocked.has(`${a}/${b}`) || blocked.has(`${b}/${a}`) },
    bus,
    concerns: () => true,
    perSecond: 2,
    clock: { now: () => time.now },
    metrics,
  });
  const connect = (user?: string): FakeConnection => {
    const connection = fakeConnection(actor(user));
    connections.admit(connection);
    return connection;
  };
  const publish = (
    from: FakeConnection,
    conversation: string,
    value: unknown = { v: 1, type: 'typing', active: true },
  ) =>
    typing.publish(
      from,
      conversation,
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    );
  return { connect, members, blocked, time, publish };
}

const code = (expected: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === expected;

describe('typing', () => {
  it('reaches the members who asked for it, says who and where, and does not come back', async () => {
    const { connect, members, publish } = stage();
    const conversation = uuidv7();
    const [alice, everywhere, here, silent, outside] = Array.from({ length: 5 }, () => connect()) as [
      FakeConnection,
      FakeConnection,
      FakeConnection,
      FakeConnection,
      FakeConnection,
    ];
    const tablet = connect(alice.actor.user);
    members.set(conversation, new Set([alice, everywhere, here, silent].map(({ actor: { user } }) => user)));
    for (const device of [alice, here, tablet, outside]) device.subscribe(topics.typing(conversation));
    everywhere.subscribe(topics.typing('+'));
    outside.subscribe(topics.typing('+'));
    silent.subscribe(topics.typing(uuidv7()));

    await publish(alice, conversation, { v: 1, type: 'typing', active: false, user: outside.actor.user });
    const notice = { v: 1, type: 'typing', conversation, user: alice.actor.user, active: false };
    for (const device of [everywhere, here, tablet]) {
      assert.deepEqual(payloads(device), [notice]);
      const [{ topic, qos, retain }] = device.packets as [(typeof device.packets)[0]];
      assert.deepEqual([topic, qos, retain], [topics.typing(conversation), 0, false]);
    }
    for (const device of [alice, silent, outside]) assert.deepEqual(device.packets, []);
  });

  it('is for members, and in a conversation of two not for those who are blocked', async () => {
    const { connect, members, blocked, publish } = stage();
    const [alice, bob] = [connect(), connect()];
    await assert.rejects(publish(alice, uuidv7()), code('not_a_member'));
    const both = new Set([alice.actor.user, bob.actor.user]);
    const direct = directConversation(alice.actor.user, bob.actor.user);
    const group = uuidv7();
    members.set(direct, both).set(group, both);
    blocked.add(`${bob.actor.user}/${alice.actor.user}`);
    for (const conversation of [direct, group]) bob.subscribe(topics.typing(conversation));
    await assert.rejects(publish(alice, direct), code('blocked'));
    await publish(alice, group);
    assert.deepEqual(
      bob.packets.map(({ topic }) => topic),
      [topics.typing(group)],
    );
  });

  it('of one device is dropped when it is too much, and goes on later', async () => {
    const { connect, members, time, publish } = stage();
    const conversation = uuidv7();
    const [alice, bob] = [connect(), connect()];
    members.set(conversation, new Set([alice.actor.user, bob.actor.user]));
    bob.subscribe(topics.typing(conversation));
    for (let n = 0; n < 20; n++) await publish(alice, conversation);
    assert.equal(bob.packets.length, 4);
    time.now += 1_000;
    for (let n = 0; n < 20; n++) await publish(alice, conversation);
    assert.equal(bob.packets.length, 6);
  });

  it('of very many in one conversation is shown in part', async () => {
    const { connect, members, publish } = stage();
    const conversation = uuidv7();
    const bob = connect();
    bob.subscribe(topics.typing(conversation));
    const crowd = Array.from({ length: 100 }, () => connect());
    members.set(conversation, new Set([bob, ...crowd].map(({ actor: { user } }) => user)));
    for (const device of crowd) await publish(device, conversation);
    assert.equal(bob.packets.length, 20);
  });

  it('is nothing else', async () => {
    const { connect, publish } = stage();
    const long = { v: 1, type: 'typing', active: true, conversation: 'x'.repeat(600) };
    for (const [value, expected] of [
      ['{', 'bad_json'],
      [{ v: 2, type: 'typing', active: true }, 'bad_request'],
      [{ v: 1, type: 'typing' }, 'bad_request'],
      [{ v: 1, type: 'typing', active: true, text: 'hello' }, 'bad_request'],
      [[], 'bad_request'],
      [long, 'too_large'],
    ] as const)
      await assert.rejects(publish(connect(), uuidv7(), value), code(expected), JSON.stringify(value));
  });
});
