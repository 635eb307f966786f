import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { IPublishPacket, Packet } from 'mqtt-packet';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { publish, type RawDevice, Stage } from '../fixtures/stage.ts';
import { until } from './fixtures/until.ts';
import type { Nodes } from './nodes.ts';

export interface NodesUnderTest {
  nodes: Nodes[];
  close(): Promise<void>;
}

const published = (device: RawDevice, topic: string): unknown[] =>
  device.packets
    .filter((p: Packet): p is IPublishPacket => p.cmd === 'publish' && p.topic === topic)
    .map(({ payload }) => JSON.parse(payload.toString()));

export function twoBrokersConformance(name: string, open: (count: number) => Promise<NodesUnderTest>): void {
  describe(`two brokers: ${name}`, () => {
    let world: NodesUnderTest;
    let stages: [Stage, Stage];
    const members = new Map<string, Set<string>>();

    const graceful = (config: { presence: { graceSeconds: number } }) => {
      config.presence.graceSeconds = 1;
    };

    beforeEach(async () => {
      world = await open(2);
      const more = (nodes: Nodes) => ({
        nodes,
        memberships: {
          role: (user: string, conversation: string) =>
            members.get(conversation)?.has(user) ? ('member' as const) : null,
          members: async (conversation: string) => members.get(conversation) ?? new Set<string>(),
        },
      });
      stages = [
        await Stage.open(graceful, undefined, more(world.nodes[0]!)),
        await Stage.open(graceful, undefined, more(world.nodes[1]!)),
      ];
      // Until each hears the other.
      for (const [n, { bus }] of world.nodes.entries()) {
        let heard = false;
        const stop = world.nodes[1 - n]!.bus.onMessage(() => {
          heard = true;
        });
        await until(() => {
          bus.toAll({ kind: 'typing', notice: { v: 1, type: 'typing', active: true } });
          return heard;
        });
        stop();
      }
    });
    afterEach(async () => {
      for (const stage of stages) await stage.clear();
      await world.close();
    });

    it('a device that connects to the other is disconnected from the first, which has let go of it by then [MQTT-3.1.4-2]', async () => {
      const [a, b] = stages;
      const first = await a.device();
      const second = await b.device(first.actor);
      assert.ok(a.told.includes('detach'), 'it was still attached when the other was let in');
      await first.ended();
      assert.deepEqual(
        [a, b].map(({ broker }) => broker.connected(first.actor.user).length),
        [0, 1],
      );
      const { packet, messageId } = second.command('message.send', {
        to: uuidv7(),
        content: { kind: 'text', text: 'x' },
      });
      second.write(packet);
      await second.until((p) => p.cmd === 'puback' && p.messageId === messageId, 'PUBACK');
      // And back.
      const third = await a.device(first.actor);
      await second.ended();
      assert.deepEqual(
        [a, b].map(({ broker }) => broker.connected(first.actor.user).length),
        [1, 0],
      );
      assert.equal(third.socket.destroyed, false);
    });

    it('of two connections at once on both one stays, again and again', async () => {
      const actor = { user: uuidv7(), device: uuidv7() };
      const connected = () => stages.flatMap(({ broker }) => broker.connected(actor.user));
      for (let round = 0; round < 10; round++) {
        const devices = stages.map((stage) => stage.raw(actor));
        for (const device of devices) device.signIn();
        await until(() => devices.filter(({ socket }) => !socket.destroyed).length < 2, 'one that is closed');
        await until(() => connected().length === 1, 'one that is connected');
        const [survivor] = devices.filter(({ socket }) => !socket.destroyed) as [RawDevice?];
        assert.ok(survivor !== undefined, 'none survived');
        await survivor.until((p) => p.cmd === 'connack' && p.returnCode === 0, 'CONNACK');
        assert.deepEqual(await survivor.subscribe(topics.inbox(actor.user)), [1]);
      }
    });

    it('who is connected to one is seen online at the other, and a device that moves is never seen away', async () => {
      const [a, b] = stages;
      const watcher = await b.device();
      const moving = { user: uuidv7(), device: uuidv7() };
      const topic = topics.presence(moving.user);
      await watcher.subscribe(topic);
      const states = () => (published(watcher, topic) as { online: boolean }[]).map(({ online }) => online);
      await watcher.holds(() => states().length === 1, 'the state now');
      await a.device(moving);
      await watcher.holds(() => states().length === 2, 'online');
      const second = await b.device(moving);
      await until(() => a.broker.connected(moving.user).length === 0);
      const third = await a.device(moving);
      await second.ended();
      // Longer than the grace at the node it left: another user's, begun later, is over.
      const other = await b.device();
      const mark = topics.presence(other.actor.user);
      await watcher.subscribe(mark);
      await watcher.holds(() => published(watcher, mark).length >= 1, 'the other online');
      other.socket.destroy();
      const marked = () => (published(watcher, mark).at(-1) as { online: boolean }).online;
      await watcher.holds(() => !marked(), 'the other away');
      assert.deepEqual(states(), [false, true]);
      third.socket.destroy();
      await watcher.holds(() => states().length === 3, 'away');
      assert.deepEqual(states(), [false, true, false]);
    });

    it('typing is passed on to members at the other, and to nobody else', async () => {
      const [a, b] = stages;
      const [alice, tablet, bob, mallory] = [
        await a.device(),
        await b.device(),
        await b.device(),
        await b.device(),
      ];
      const conversation = uuidv7();
      const topic = topics.typing(conversation);
      members.set(conversation, new Set([alice, tablet, bob, mallory].map(({ actor }) => actor.user)));
      for (const device of [alice, tablet, bob, mallory])
        assert.deepEqual(await device.subscribe(topic), [1], 'not granted');
      // Removed since; what the device has subscribed to is still there.
      members.get(conversation)!.delete(mallory.actor.user);
      alice.write(publish(topic, JSON.stringify({ v: 1, type: 'typing', active: true }), 0, { qos: 0 }));
      const notice = { v: 1, type: 'typing', conversation, user: alice.actor.user, active: true };
      for (const device of [tablet, bob])
        await device.holds(() => published(device, topic).length > 0, 'the notice');
      for (const device of [tablet, bob]) assert.deepEqual(published(device, topic), [notice]);
      for (const device of [alice, mallory]) {
        await device.subscribe(topics.deviceInbox(device.actor.user, device.actor.device));
        assert.deepEqual(published(device, topic), []);
      }
      // One who is no member any more says nothing here, whatever the node where it was let through says.
      members.get(conversation)!.delete(alice.actor.user);
      const { bus } = world.nodes[0]!;
      bus.toAll({ kind: 'typing', notice: { ...notice, v: 1, type: 'typing', active: false } });
      const last = { ...notice, user: bob.actor.user } as const;
      bus.toAll({ kind: 'typing', notice: { ...last, v: 1, type: 'typing' } });
      await tablet.holds(() => published(tablet, topic).length > 1, 'the last notice');
      assert.deepEqual(published(tablet, topic).slice(1), [last]);
    });
  });
}
