/** Plain MQTT over two brokers on one Redis. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { uuidv7 } from 'uuidv7';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { publish, RawDevice, type Stage } from '../fixtures/stage.ts';
import { Nodes } from '../persistence/redis/fixtures/nodes.ts';
import { type OpenNode, openNode, until } from './fixtures/open-node.ts';

const shared = sharedEngine('redis');
const who = () => ({ user: uuidv7(), device: uuidv7() });

describe('Two brokers on one Redis', { skip: shared.skip }, () => {
  let server: RunningEngine;
  let nodes: Nodes;
  const stages: Stage[] = [];
  before(async () => {
    server = await startRedis();
  });
  after(() => server.dispose());
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.clear();
    await nodes.close();
  });

  async function node(heartbeatMs?: number): Promise<OpenNode> {
    const stage = await openNode(nodes, heartbeatMs);
    stages.push(stage);
    return stage;
  }

  async function two(heartbeatMs?: number) {
    nodes = new Nodes(server.url);
    return [await node(heartbeatMs), await node(heartbeatMs)] as const;
  }

  const heard = (device: RawDevice) =>
    device.packets
      .filter((p): p is IPublishPacket => p.cmd === 'publish')
      .map(({ payload }) => payload.toString());
  const hears = (device: RawDevice, ...texts: string[]) =>
    device.holds(() => texts.every((text) => heard(device).includes(text)), texts.join());
  async function send(device: RawDevice, text: string, id: number, more: object = {}) {
    device.write(publish('open/a', text, id, more));
    await device.until((p) => p.cmd === 'puback' && p.messageId === id, `PUBACK ${id}`);
  }
  function acknowledge(device: RawDevice) {
    for (const { qos, messageId } of device.packets.filter((p): p is IPublishPacket => p.cmd === 'publish'))
      if (qos === 1) device.write({ cmd: 'puback', messageId: messageId! } as Packet);
  }

  it('hand on in order, once, also to who is on the same node', async () => {
    const [a, b] = await two();
    const [here, there, sender] = [await a.device(), await b.device(), await a.device()];
    for (const device of [here, there]) await device.subscribe('open/#');
    const texts = Array.from({ length: 200 }, (_, i) => String(i));
    for (const [i, text] of texts.entries())
      sender.write(publish('open/[a]*/b', text, i + 1, i % 3 === 0 ? { qos: 0, messageId: undefined } : {}));
    for (const device of [here, there]) {
      await hears(device, ...texts);
      // At each QoS [MQTT-4.6.0-6].
      const ofKind = (all: string[], atMostOnce: boolean) =>
        all.filter((text) => (Number(text) % 3 === 0) === atMostOnce);
      for (const kind of [true, false]) assert.deepEqual(ofKind(heard(device), kind), ofKind(texts, kind));
    }
  });

  it('are not held up by a device that stops reading', async () => {
    const [a, b] = await two();
    const [stalled, other, sender] = [await b.device(), await b.device(), await a.device()];
    for (const device of [stalled, other]) await device.subscribe('open/#');
    stalled.socket.pause();
    const big = 'x'.repeat(60_000);
    const count = 200;
    for (let n = 1; n <= count; n++) await send(sender, `${n} ${big}`, n);
    sender.write(publish('open/a', 'last', 0, { qos: 0, messageId: undefined }));
    await hears(other, 'last');
    await other.holds(() => heard(other).length === count + 1, 'everything');
    assert.equal(stalled.socket.closed, false);
    assert.ok(heard(stalled).length < count);
    stalled.socket.resume();
    await stalled.holds(() => heard(stalled).length >= count, 'what it had not read');
    assert.deepEqual(
      heard(stalled)
        .slice(0, count)
        .map((text) => Number.parseInt(text, 10)),
      Array.from({ length: count }, (_, i) => i + 1),
    );
  });

  it('have the same retained messages, each once', async () => {
    const [a, b] = await two();
    const sender = await a.device();
    sender.write(publish('open/[x]/1', 'one', 1, { retain: true }));
    sender.write(publish('open/y', 'gone', 2, { retain: true }));
    sender.write(publish('open/y', '', 3, { retain: true }));
    await sender.until((p) => p.cmd === 'puback' && p.messageId === 3, 'PUBACK');
    for (const stage of [a, b]) {
      const device = await stage.device();
      await device.subscribe('open/[x]/+', 'open/[x]/1', 'open/y');
      await hears(device, 'one');
      await device.subscribe('open/nothing');
      assert.deepEqual(heard(device), ['one']);
    }
  });

  it('let a session go from one to the other, with its subscriptions and what was queued', async () => {
    const [a, b] = await two();
    const reader = who();
    const first = await a.device(reader);
    await first.subscribe('open/#');
    const sender = await b.device();
    await send(sender, 'live', 1);
    await hears(first, 'live');
    acknowledge(first);
    first.write({ cmd: 'disconnect' });
    await first.ended();
    for (const n of [2, 3, 4]) await send(sender, `away ${n}`, n);
    const second = b.raw(reader);
    second.signIn();
    const connack = await second.until((p) => p.cmd === 'connack', 'CONNACK');
    assert.equal((connack as { sessionPresent: boolean }).sessionPresent, true);
    await hears(second, 'away 2', 'away 3', 'away 4');
    await send(sender, 'live again', 5);
    await hears(second, 'live again');
    assert.deepEqual(heard(second), ['away 2', 'away 3', 'away 4', 'live again']);
  });

  it('drain a queue to its end, however long', async () => {
    const [a, b] = await two();
    const reader = who();
    const first = await a.device(reader);
    await first.subscribe('open/#');
    first.write({ cmd: 'disconnect' });
    await first.ended();
    const sender = await b.device();
    const texts = Array.from({ length: 1_500 }, (_, i) => String(i));
    for (const [i, text] of texts.entries()) sender.write(publish('open/a', text, i + 1));
    await sender.until((p) => p.cmd === 'puback' && p.messageId === texts.length, 'the last PUBACK');
    const second = await b.device(reader);
    await second.holds(() => heard(second).length >= texts.length, 'all that was queued');
    assert.deepEqual(heard(second), texts);
  });

  it('lose nothing that one of them has acknowledged when it is killed under load', async () => {
    const [, b] = await two();
    const readers = [who(), who()];
    for (const reader of readers) {
      const device = await b.device(reader);
      await device.subscribe('open/#');
      device.write({ cmd: 'disconnect' });
      await device.ended();
    }
    const killed = fork(new URL('./fixtures/open-node.process.ts', import.meta.url), [
      server.url,
      nodes.place,
    ]);
    try {
      const [port] = (await once(killed, 'message')) as [number];
      const sender = new RawDevice(port, who());
      sender.signIn();
      await sender.until((p) => p.cmd === 'connack', 'CONNACK');
      const acknowledged = () =>
        sender.packets.flatMap((p) => (p.cmd === 'puback' ? [String(p.messageId)] : []));
      for (let n = 1; n <= 1_500; n++) sender.write(publish('open/a', String(n), n));
      await sender.holds(() => acknowledged().length > 300, 'some PUBACKs');
      killed.kill('SIGKILL');
      await sender.ended();
      const safe = acknowledged();
      assert.ok(safe.length < 1_500, 'it was not killed under load');
      for (const reader of readers) {
        const device = await b.device(reader);
        await hears(device, ...safe);
        const got = heard(device);
        assert.deepEqual(
          got,
          got
            .map(Number)
            .toSorted((one, other) => one - other)
            .map(String),
        );
        assert.equal(new Set(got).size, got.length);
      }
    } finally {
      killed.kill('SIGKILL');
    }
  });

  it('publish the will of a node that died once', async () => {
    const [a, b] = await two(200);
    const c = await node(200);
    const reader = await b.device();
    await reader.subscribe('open/#');
    const leaver = a.raw();
    leaver.signIn({ will: { topic: 'open/wills', payload: Buffer.from('gone'), qos: 1, retain: false } });
    await leaver.until((p) => p.cmd === 'connack', 'CONNACK');
    // More than another node has counted: its will is no duplicate of these.
    const sender = await a.device();
    const texts = Array.from({ length: 100 }, (_, i) => `before ${i}`);
    for (const [i, text] of texts.entries()) await send(sender, text, i + 1);
    await hears(reader, ...texts);
    // As if it were killed: nobody hears of it any more, and its wills stay stored.
    stages.splice(stages.indexOf(a), 1);
    await a.clear();
    await hears(reader, 'gone');
    const last = await c.device();
    last.write(publish('open/wills', 'last', 1));
    await hears(reader, 'last');
    const { emitter } = b;
    const from = emitter.openMs;
    await until(() => emitter.openMs > from + 2 * 4 * 200);
    assert.deepEqual(heard(reader).slice(texts.length), ['gone', 'last']);
  });

  it('serve who is here while Redis is away, and acknowledge nothing that cannot be stored', async () => {
    const [a, b] = await two();
    const [here, there, sender] = [await a.device(), await b.device(), await a.device()];
    for (const device of [here, there]) await device.subscribe('open/#');
    await server.kill();
    try {
      sender.write(publish('open/a', 'only here', 0, { qos: 0, messageId: undefined }));
      await hears(here, 'only here');
      const late = await a.device();
      assert.deepEqual(await late.subscribe('open/#', `users/${late.actor.user}/inbox`), [1, 1]);
      late.write(publish('open/a', 'not stored', 7));
      await late.ended();
      assert.equal(
        late.packets.some((p) => p.cmd === 'puback'),
        false,
      );
      await server.start();
      const again = await b.device();
      await until(async () => {
        // The other node knows it when it is written.
        const connected = b.raw(late.actor);
        connected.signIn();
        const connack = await connected.until((p) => p.cmd === 'connack', 'CONNACK');
        connected.socket.destroy();
        return (connack as { sessionPresent: boolean }).sessionPresent;
      });
      await until(() => a.emitter.openMs > 0 && b.emitter.openMs > 0);
      await send(again, 'stored', 8);
      for (const device of [here, there]) await hears(device, 'stored');
      const back = await b.device(late.actor);
      await hears(back, 'stored');
      assert.equal(
        [here, there, back].some((device) => heard(device).includes('not stored')),
        false,
      );
    } finally {
      await server.kill();
      await server.start();
    }
  });

  it('send what one of them did not hear when it hears again', async () => {
    const [a, b] = await two();
    const there = await b.device();
    await there.subscribe('open/#');
    const sender = await a.device();
    await send(sender, 'first', 1);
    await hears(there, 'first');
    const { connection } = await nodes.connect();
    // Only the channel: everything else goes on.
    const deaf = until(() => b.emitter.openMs === 0);
    await connection.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await deaf;
    await send(sender, 'unheard', 2);
    await send(sender, 'perhaps', 3);
    await hears(there, 'unheard', 'perhaps');
    assert.deepEqual(heard(there), ['first', 'unheard', 'perhaps']);
  });
});
