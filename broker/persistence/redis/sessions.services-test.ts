/** What the broker needs of its persistence beyond what Aedes' own suite looks at, over two nodes. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Subscription } from 'aedes';
import type { RunningEngine } from '../../../test/engines/engine.ts';
import { startRedis } from '../../../test/engines/redis.ts';
import { sharedEngine } from '../../../test/engines/shared.ts';
import type { PersistenceHooks } from '../broker-persistence.ts';
import { Nodes } from './fixtures/nodes.ts';
import type { RedisPersistence } from './redis-persistence.ts';

const shared = sharedEngine('redis');
const filter = (topic: string, qos: 0 | 1 | 2 = 1) => ({ topic, qos }) as Subscription;
const device = { id: 'device' };
const client = device as never;

describe('Sessions in Redis', { skip: shared.skip }, () => {
  let server: RunningEngine;
  let nodes: Nodes;
  let counter = 0;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.dispose());
  beforeEach(() => {
    nodes = new Nodes(server.url);
  });
  afterEach(() => nodes.close());

  let opened = 0;
  async function node(hooks: Partial<PersistenceHooks> = {}): Promise<RedisPersistence> {
    const persistence = await nodes.persistence({ queueLimit: 3 });
    persistence.hooks = {
      acknowledged: () => false,
      plain: (topic) => topic.startsWith('open/'),
      granted: () => true,
      isHere: () => false,
      onDropped: () => {},
      ...hooks,
    };
    await persistence.setup({ id: `node-${++opened}` });
    return persistence;
  }
  const packet = (text: string, more: object = {}) => ({
    cmd: 'publish',
    topic: 'open/a',
    payload: Buffer.from(text),
    qos: 1,
    brokerId: 'publisher',
    brokerCounter: ++counter,
    ...more,
  });
  const enqueue = (persistence: RedisPersistence, one: object) =>
    persistence.outgoingEnqueueCombi([{ clientId: device.id }], one);
  const queued = async (persistence: RedisPersistence) =>
    (await persistence.outgoingStream(device).toArray()).map(({ payload }) => String(payload));
  const topicsOf = async (persistence: RedisPersistence, of = device) =>
    (await persistence.subscriptionsByClient(of)).map(({ topic, qos }) => `${topic} ${qos}`).toSorted();
  const found = async (persistence: RedisPersistence, topic: string) =>
    (await persistence.subscriptionsByTopic(topic)).map(({ clientId }) => clientId);

  it('are found by topic on every node as soon as they are granted on one, and those of plain MQTT only', async () => {
    const [a, b] = [await node(), await node()];
    assert.deepEqual(await found(b, 'open/a'), []);
    await a.addSubscriptions(device, [filter('users/a/inbox'), filter('open/#'), filter('open/a', 0)]);
    assert.deepEqual(await found(b, 'open/a'), [device.id]);
    assert.deepEqual(await found(b, 'users/a/inbox'), []);
    assert.deepEqual(await topicsOf(b), ['open/# 1', 'open/a 0', 'users/a/inbox 1']);
    await b.removeSubscriptions(device, ['open/#']);
    assert.deepEqual(await found(a, 'open/a'), []);
    await b.cleanSubscriptions(device);
    assert.deepEqual(await topicsOf(a), []);
    const late = await node();
    assert.deepEqual(await found(late, 'open/a'), []);
  });

  it('are found by a node that has missed more changes than are kept', async () => {
    const [a, b] = [await node(), await node()];
    await a.addSubscriptions(device, [filter('open/kept')]);
    assert.deepEqual(await found(b, 'open/kept'), [device.id]);
    const { connection } = await nodes.connect();
    await a.removeSubscriptions(device, ['open/kept']);
    await a.addSubscriptions(device, [filter('open/new')]);
    await connection.client.xtrim(`${connection.prefix}mqtt:{all}:changes`, 'MAXLEN', 0);
    assert.deepEqual([await found(b, 'open/kept'), await found(b, 'open/new')], [[], [device.id]]);
  });

  it('keep nothing that was not granted, also when Aedes asks for each filter with all of them', async () => {
    const granted = new Set(['open/1']);
    const a = await node({ granted: (_client, topic) => granted.has(topic) });
    const asked = [filter('open/1'), filter('open/2'), filter('open/3')];
    await a.addSubscriptions(device, asked);
    granted.add('open/2');
    await a.addSubscriptions(device, asked);
    assert.deepEqual(await topicsOf(a), ['open/1 1', 'open/2 1']);
    // Another session with the same filters is another session.
    await a.addSubscriptions({ id: 'other' }, asked);
    assert.deepEqual(await topicsOf(a, { id: 'other' }), ['open/1 1', 'open/2 1']);
  });

  it('queue once what several subscriptions match, and the newest when they are away', async () => {
    let dropped = 0;
    const a = await node({
      onDropped: (count) => {
        dropped += count;
      },
    });
    const twice = [{ clientId: device.id }, { clientId: device.id }];
    for (const text of ['1', '2', '3', '4', '5']) await a.outgoingEnqueueCombi(twice, packet(text));
    assert.equal(dropped, 2);
    assert.deepEqual(await queued(await node()), ['3', '4', '5']);
  });

  it('have more room while they are connected, to whichever node', async () => {
    const here = await node();
    const publisher = await node();
    await here.addSubscriptions(device, [filter('open/#')]);
    assert.deepEqual(await queued(here), []);
    for (const text of ['1', '2', '3', '4', '5']) await enqueue(publisher, packet(text));
    assert.equal((await here.outgoingStream(device).toArray()).length, 5);
    here.left(device.id, Date.now());
    await here.subscriptionsByClient(device);
    await enqueue(publisher, packet('6'));
    const { connection } = await nodes.connect();
    assert.equal(await connection.client.zcard(`${connection.prefix}mqtt:{device}:q`), 3);
  });

  it('lose no packet to an acknowledgement without an identifier, nor one that delivery has taken', async () => {
    const a = await node({ acknowledged: (_client, id) => id === 9 });
    const [first, second] = [packet('1'), packet('2')];
    for (const one of [first, second]) await enqueue(a, one);
    await a.outgoingClearMessageId(client, { ...first, messageId: undefined });
    await a.outgoingUpdate(client, { ...first, messageId: 9 });
    assert.equal(await a.outgoingClearMessageId(client, { messageId: 9 }), undefined);
    assert.deepEqual(await queued(a), ['1', '2']);
    a.dropOutgoing(device, first);
    await a.subscriptionsByClient(device);
    assert.deepEqual(await queued(a), ['2']);
  });

  it('keep packet identifiers and PUBRELs over a change of nodes', async () => {
    const [a, b] = [await node(), await node()];
    const packets = [1, 2, 3].map((n) => packet(String(n), { qos: 2 }));
    for (const [i, one] of packets.entries()) {
      await enqueue(a, one);
      assert.equal(await a.outgoingUpdate(client, { ...one, messageId: 101 + i }), undefined);
    }
    for (const messageId of [101, 102]) await a.outgoingUpdate(client, { cmd: 'pubrel', messageId });
    const waiting = async () =>
      (await b.outgoingStream(device).toArray()).map(({ cmd, messageId }) => `${cmd} ${messageId}`);
    assert.deepEqual(await waiting(), ['pubrel 101', 'pubrel 102', 'publish 103']);
    await b.outgoingClearMessageId(client, { messageId: 101 });
    assert.deepEqual(await waiting(), ['pubrel 102', 'publish 103']);
    await assert.rejects(b.outgoingUpdate(client, { cmd: 'pubrel', messageId: 101 }), /no such packet/);
  });

  it('leave nothing behind when they end', async () => {
    const a = await node();
    await a.addSubscriptions(device, [filter('open/#'), filter('users/a/inbox')]);
    await enqueue(a, packet('1'));
    await a.putWill(device, { topic: 'open/w', payload: Buffer.from('gone'), qos: 1, retain: false });
    await a.cleanSubscriptions(device);
    await a.delWill(device);
    const { connection } = await nodes.connect();
    const left = await connection.client.keys(`${connection.prefix}*device*`);
    assert.deepEqual(left, []);
    assert.equal(await connection.client.zcard(`${connection.prefix}mqtt:{all}:seen`), 0);
  });

  it('of plain MQTT end when they have been away for too long; others do not', async () => {
    const here = new Set(['here']);
    const a = await node({ isHere: (id) => here.has(id) });
    const b = await node();
    for (const id of ['away', 'back', 'here', 'elsewhere'])
      await a.addSubscriptions({ id }, [filter('open/#')]);
    await a.addSubscriptions(device, [filter('users/a/inbox')]);
    await b.outgoingStream({ id: 'elsewhere' }).toArray();
    const { connection } = await nodes.connect();
    const seen = { away: 1_000, back: 2_000, here: 1_000, elsewhere: 1_000 };
    for (const [id, at] of Object.entries(seen))
      await connection.client.zadd(`${connection.prefix}mqtt:{all}:seen`, at, id);
    const ended = await Promise.all([a.sweepSessions(5_000, 1_001), a.sweepSessions(5_000, 1_001)]);
    assert.equal(ended[0]! + ended[1]!, 1);
    assert.deepEqual(await topicsOf(b, { id: 'away' }), []);
    for (const id of ['back', 'here', 'elsewhere']) assert.deepEqual(await topicsOf(b, { id }), ['open/# 1']);
    assert.equal((await topicsOf(b)).length, 1);
    assert.deepEqual((await found(b, 'open/a')).toSorted(), ['back', 'elsewhere', 'here']);
  });

  it('have one will, with the node to which they are connected, that one node publishes when that one is dead', async () => {
    const [a, b, c] = [await node(), await node(), await node()];
    const will = (text: string) => ({ topic: 'open/w', payload: Buffer.from(text), qos: 1, retain: false });
    await a.putWill(device, will('of a'));
    await b.putWill(device, will('of b'));
    // The connection that was taken over ends only now.
    await a.delWill({ ...device, brokerId: a.broker.id });
    const alive = { [a.broker.id]: 1, [c.broker.id]: 1 };
    assert.equal(String((await c.getWill(device)).payload), 'of b');
    const published = await Promise.all([a, c].map((of) => of.streamWill(alive).toArray()));
    assert.deepEqual(
      published.flat().map(({ payload, clientId }) => `${clientId} ${payload}`),
      ['device of b'],
    );
    await c.delWill({ ...device, brokerId: b.broker.id });
    assert.equal(await c.getWill(device), undefined);
    assert.deepEqual(await a.streamWill(alive).toArray(), []);
  });

  it('are empty while Redis is away, and what they do is written when it is back', async () => {
    const [a, b] = [await node(), await node()];
    await a.addSubscriptions(device, [filter('open/before')]);
    for (const frozen of [false, true]) {
      if (frozen) server.freeze();
      else await server.kill();
      try {
        assert.deepEqual(await topicsOf(a), []);
        await a.delWill(device);
        await a.putWill(device, { topic: 'open/w', payload: Buffer.from(''), qos: 0, retain: false });
        await a.addSubscriptions(device, [filter(`open/during ${frozen}`)]);
        assert.deepEqual(await topicsOf(a), [`open/during ${frozen} 1`]);
        assert.deepEqual(await a.outgoingStream(device).toArray(), []);
        assert.equal(a.isUnread(device.id), true);
        assert.deepEqual(await a.createRetainedStream('open/#').toArray(), []);
        assert.equal(await a.outgoingClearMessageId(client, { messageId: 1 }), undefined);
        await a.cleanIncoming(device);
        await a.cleanSubscriptions({ id: 'clean' });
        await assert.rejects(enqueue(a, packet('lost')), /unavailable/);
        await assert.rejects(a.subscriptionsByTopic('open/a'), /unavailable/);
        // Not known to be new: it may be stored already.
        const twice = packet('twice', { qos: 2, messageId: 5 });
        await assert.rejects(a.incomingGetPacket(device, twice));
        if (frozen) server.thaw();
        else await server.start();
        await eventually(async () => (await topicsOf(b)).includes(`open/during ${frozen} 1`));
        await assert.rejects(a.incomingStorePacket(device, twice), /unavailable/);
      } finally {
        server.thaw();
      }
    }
    assert.deepEqual(await topicsOf(b), ['open/before 1', 'open/during false 1', 'open/during true 1']);
    assert.deepEqual(await found(b, 'open/during true'), [device.id]);
    await eventually(async () => (await b.getWill(device)) !== undefined);
    assert.deepEqual(await queued(a), []);
    assert.equal(a.isUnread(device.id), false);
  });
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
