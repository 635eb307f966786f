/** The front of the broker as sockets see it, with nothing behind it. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Config } from '../platform/config/schema.ts';
import { topics } from '../protocol/topics.ts';
import { publish, type RawDevice, Stage } from './fixtures/stage.ts';
import { until } from './nodes/fixtures/until.ts';
import { onlyNode } from './nodes/nodes.ts';
import type { Claim } from './nodes/session-claims.ts';

const create = { name: 'Rowing' };

describe('the broker', () => {
  const stages: Stage[] = [];
  const open = async (change?: (config: Config) => void, folder?: string) => {
    const stage = await Stage.open(change, folder);
    stages.push(stage);
    return stage;
  };
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.clear();
  });
  const refusedWith = async (device: RawDevice): Promise<number> => {
    const connack = await device.until((p) => p.cmd === 'connack', 'CONNACK');
    await device.ended();
    return (connack as { returnCode: number }).returnCode;
  };

  /** For a reason that passes: no CONNACK says that it is for good. */
  const isTurnedAway = async (device: RawDevice): Promise<void> => {
    await device.ended();
    assert.equal(
      device.packets.some(({ cmd }) => cmd === 'connack'),
      false,
    );
  };

  describe('at CONNECT', () => {
    const wills = {
      elsewhere: { topic: topics.inbox(uuidv7()), payload: Buffer.from('x') },
      typing: { topic: topics.typing(uuidv7()), payload: Buffer.from('x') },
    };
    for (const [what, more, code] of [
      ['a wrong password', { password: Buffer.from('wrong') }, 4],
      ['no password', { username: undefined, password: undefined }, 4],
      ['an expired token', { password: Buffer.from('expired') }, 5],
      ['a will elsewhere', { will: { ...wills.elsewhere, qos: 1, retain: false } }, 5],
      ['a will of typing', { will: { ...wills.typing, qos: 0, retain: false } }, 5],
    ] as const)
      it(`refuses ${what}`, async () => {
        const stage = await open();
        const device = stage.raw();
        device.signIn(more as object);
        assert.equal(await refusedWith(device), code);
        assert.deepEqual(stage.told, []);
      });

    it('serves those who come all at once one after the other, and closes those for whom there is no room', async () => {
      const stage = await open((config) => {
        config.limits.connectsPerSecond = 2;
      });
      const devices = Array.from({ length: 10 }, () => stage.raw());
      for (const device of devices) device.signIn();
      // Two at once, four that wait.
      const closed = () => devices.filter(({ socket }) => socket.destroyed).length;
      await until(() => closed() === 4);
      const isIn = (device: RawDevice) =>
        device.packets.some((p) => p.cmd === 'connack' && p.returnCode === 0);
      const waiting = devices.filter(({ socket }) => !socket.destroyed);
      for (const device of waiting) await device.holds(() => isIn(device), 'CONNACK');
      assert.equal(devices.filter(isIn).length, 6);
      assert.equal(await stage.count('connects_refused_total', 'overloaded'), 4);
      assert.equal((await stage.metrics.connects_waiting.get()).values[0]!.value, 0);
    });

    it('lets nobody in whose device has connected elsewhere meanwhile, and keeps no claim of who is refused', async () => {
      let released = 0;
      let answer: Claim | null = null;
      const nodes = { ...onlyNode(), claims: { claim: async () => answer, stop: async () => {} } };
      const stage = await Stage.open(undefined, undefined, { nodes });
      stages.push(stage);
      const late = stage.raw();
      late.signIn();
      await isTurnedAway(late);
      assert.deepEqual(stage.told, []);
      answer = { release: () => ++released > 0 };
      const device = await stage.device();
      assert.equal(released, 0);
      device.socket.destroy();
      await until(() => released === 1);
      // Refused after it was claimed.
      nodes.claims.claim = async () => {
        void stage.broker.drain();
        return answer;
      };
      const draining = stage.raw();
      draining.signIn();
      await isTurnedAway(draining);
      assert.equal(released, 2);
    });

    it('refuses a will that is no command, and takes one that is', async () => {
      const stage = await open();
      const [bad, good] = [stage.raw(), stage.raw()];
      const will = (device: RawDevice, payload: string) => ({
        will: {
          topic: topics.outbox(device.actor.user),
          payload: Buffer.from(payload),
          qos: 1,
          retain: false,
        } as const,
      });
      bad.signIn(will(bad, '{"v":1}'));
      assert.equal(await refusedWith(bad), 5);
      const id = uuidv7();
      good.signIn(will(good, JSON.stringify({ v: 1, id, type: 'group.create', ...create })));
      await good.until((p) => p.cmd === 'connack', 'CONNACK');
      assert.equal(stage.submitted.length, 0);
      good.socket.destroy();
      await good.holds(() => stage.submitted.length === 1, 'the will');
      assert.deepEqual([stage.submitted[0]!.actor, stage.submitted[0]!.id], [good.actor, id]);
    });

    it('refuses one connection too many of a user, and lets a device take over its own', async () => {
      const stage = await open((config) => {
        config.limits.connectionsPerUser = 2;
      });
      const user = uuidv7();
      const [first, second] = [
        { user, device: uuidv7() },
        { user, device: uuidv7() },
      ];
      const old = await stage.device(first);
      await stage.device(second);
      const third = stage.raw({ user, device: uuidv7() });
      third.signIn();
      assert.equal(await refusedWith(third), 3);
      await stage.device(first);
      await old.ended();
      assert.deepEqual(new Set(stage.broker.connected(user)), new Set([first.device, second.device]));
    });

    it('refuses everybody while it drains', async () => {
      const stage = await open();
      const there = await stage.device();
      const late = stage.raw();
      await new Promise((resolve) => late.socket.once('connect', resolve));
      // Accepted by the listener before it closes, and silent until then.
      await there.subscribe(topics.inbox(there.actor.user));
      await stage.broker.drain();
      late.signIn();
      await isTurnedAway(late);
      assert.equal(there.socket.closed, false);
    });

    it('acts on what was sent right behind it, in order, and before what came later', async () => {
      const stage = await open();
      const device = stage.raw();
      const commands = Array.from({ length: 40 }, () => device.command('group.create', create));
      device.write(device.connectPacket(), ...commands.slice(0, 30).map(({ packet }) => packet));
      device.write(...commands.slice(30).map(({ packet }) => packet));
      await device.until((p) => p.cmd === 'puback' && p.messageId === 40, 'the last PUBACK');
      assert.deepEqual(
        stage.submitted.map(({ id }) => id),
        commands.map(({ id }) => id),
      );
    });

    it('closes who sends much before it is known who that is', async () => {
      const stage = await open();
      const device = stage.raw();
      const commands = Array.from({ length: 100 }, () => device.command('group.create', create).packet);
      device.write(device.connectPacket(), ...commands);
      await device.ended();
    });
  });

  describe('packets that are too large', () => {
    it('end the connection by what they declare, at 16 KiB before it is known who sends them', async () => {
      const stage = await open();
      for (const declared of [
        [0x10, 0x81, 0x80, 0x01],
        [0x10, 0xff, 0xff, 0xff, 0x7f],
      ]) {
        const stranger = stage.raw();
        stranger.write(Buffer.from(declared));
        await stranger.ended();
      }
      assert.equal(await stage.count('connects_refused_total', 'too_large'), 2);
    });

    it('are told to a device on its inbox', async () => {
      const stage = await open((config) => {
        config.limits.packetBytes = 4_096;
      });
      const device = await stage.device();
      // 4,097 bytes, of which none come.
      device.write(Buffer.from([0x32, 0x81, 0x20]));
      await device.ended();
      assert.deepEqual(device.refusals, ['too_large']);
      assert.deepEqual(stage.submitted, []);
    });

    it('are not those at the limit, in however many pieces they come', async () => {
      const stage = await open((config) => {
        config.limits.packetBytes = 4_096;
      });
      const device = await stage.device();
      const topic = topics.outbox(device.actor.user);
      const payload = Buffer.alloc(4_096 - 2 - topic.length - 2, 'x');
      device.write(Buffer.concat([Buffer.from([0x32, 0x80])]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      device.write(
        Buffer.concat([
          Buffer.from([0x20, 0, topic.length]),
          Buffer.from(topic),
          Buffer.from([0, 9]),
          payload,
        ]),
      );
      await device.until((p) => p.cmd === 'puback' && p.messageId === 9, 'PUBACK');
      assert.deepEqual(device.refusals, ['bad_json']);
    });
  });

  describe('subscriptions', () => {
    it('are granted by the rules, at QoS 1 at most on topics of the contract', async () => {
      const stage = await open();
      const device = await stage.device();
      const { user } = device.actor;
      device.write({
        cmd: 'subscribe',
        messageId: 99,
        subscriptions: [
          { topic: topics.inbox(user), qos: 2 },
          { topic: topics.inbox(uuidv7()), qos: 1 },
          { topic: topics.events('+'), qos: 0 },
          { topic: '#', qos: 1 },
        ],
      });
      const suback = await device.until((p) => p.cmd === 'suback' && p.messageId === 99, 'SUBACK');
      assert.deepEqual((suback as { granted: number[] }).granted, [1, 128, 0, 128]);
      await device.holds(() => device.refusals.length === 2, 'the refusals');
      assert.deepEqual(device.refusals, ['topic_forbidden', 'topic_forbidden']);
      assert.deepEqual(stage.told.slice(-2), [
        `subscribed ${topics.inbox(user)} 1`,
        `subscribed ${topics.events('+')} 0`,
      ]);
    });

    it('are refused beyond the limit, also within one SUBSCRIBE', async () => {
      const stage = await open((config) => {
        config.limits.subscriptionsPerDevice = 3;
      });
      const device = await stage.device();
      const { user } = device.actor;
      const filters = [topics.inbox(user), topics.events('+'), topics.typing('+'), topics.presence(user)];
      assert.deepEqual(await device.subscribe(...filters), [1, 1, 128, 128]);
      await device.holds(() => device.refusals.length === 2, 'the refusals');
      assert.deepEqual(device.refusals, ['too_many_subscriptions', 'too_many_subscriptions']);
      assert.deepEqual(await device.subscribe(topics.inbox(user)), [1], 'one that it has already');
    });

    it('come back with the session, also after a restart; what was refused does not', async () => {
      const stage = await open();
      const device = await stage.device();
      const { user } = device.actor;
      await device.subscribe(topics.inbox(user), topics.inbox(uuidv7()));
      device.socket.destroy();
      await stage.stop();
      const again = await open(undefined, stage.folder);
      stages.splice(stages.indexOf(stage), 1);
      const back = again.raw(device.actor);
      back.signIn();
      const connack = await back.until((p) => p.cmd === 'connack', 'CONNACK');
      assert.equal((connack as { sessionPresent: boolean }).sessionPresent, true);
      await back.holds(() => again.told.length >= 3, 'the subscriptions');
      assert.deepEqual(
        again.told.toSorted(),
        [
          'attach true',
          `subscribed ${topics.deviceInbox(user, device.actor.device)} 1`,
          `subscribed ${topics.inbox(user)} 1`,
        ].toSorted(),
      );
    });
  });

  describe('PUBLISH', () => {
    it('of a change is acknowledged when it is durable', async () => {
      const stage = await open();
      stage.durable = false;
      const device = await stage.device();
      const { packet, messageId } = device.command('group.create', create);
      const acknowledged = () => device.packets.some((p) => p.cmd === 'puback' && p.messageId === messageId);
      device.write(packet);
      await device.holds(() => stage.submitted.length === 1, 'the command');
      // Whatever is behind it has been looked at.
      device.write({ cmd: 'pingreq' });
      await device.until((p) => p.cmd === 'pingresp', 'PINGRESP');
      assert.equal(acknowledged(), false);
      stage.submitted[0]!.resolve();
      await device.holds(acknowledged, 'PUBACK');
    });

    it('of a change at QoS 2 is taken once it is released, and acknowledged at every step', async () => {
      const stage = await open();
      const device = await stage.device();
      const { packet } = device.command('group.create', create);
      device.write({ ...packet, qos: 2 } as typeof packet);
      const received = await device.until((p) => p.cmd === 'pubrec', 'PUBREC');
      device.write({ cmd: 'pubrel', messageId: received.messageId! });
      await device.until((p) => p.cmd === 'pubcomp', 'PUBCOMP');
      assert.equal(stage.submitted.length, 1);
    });

    it('elsewhere goes nowhere, is not retained, and is refused', async () => {
      const stage = await open();
      const [device, victim] = [await stage.device(), await stage.device()];
      await victim.subscribe(topics.inbox(victim.actor.user));
      for (const [n, topic] of [topics.inbox(victim.actor.user), '$SYS/x/new/clients', 'a/b'].entries())
        device.write(publish(topic, 'x', 100 + n, { retain: true }));
      await device.until((p) => p.cmd === 'puback' && p.messageId === 102, 'PUBACK');
      await device.holds(() => device.refusals.length === 3, 'the refusals');
      assert.deepEqual(new Set(device.refusals), new Set(['topic_forbidden']));
      await victim.subscribe(topics.inbox(victim.actor.user));
      assert.equal(
        victim.packets.some((p) => p.cmd === 'publish'),
        false,
      );
    });
  });

  it('closes a connection when its token expires, and says so', async () => {
    const stage = await open();
    const device = await stage.device();
    stage.ahead = 61_000;
    await device.ended();
    assert.deepEqual(device.refusals, ['token_expired']);
  });

  it('forgets a revoked device: its connection, its session and its will', async () => {
    const stage = await open();
    const who = { user: uuidv7(), device: uuidv7() };
    const payload = Buffer.from(JSON.stringify({ v: 1, id: uuidv7(), type: 'group.create', ...create }));
    const will = { topic: topics.outbox(who.user), payload, qos: 1, retain: false } as const;
    const device = await stage.device(who, { will });
    await device.subscribe(topics.inbox(who.user));
    await stage.broker.forget(who.device);
    await device.ended();
    assert.deepEqual(device.refusals, ['device_revoked']);
    assert.deepEqual(stage.broker.connected(who.user), []);
    assert.deepEqual(stage.submitted, [], 'a device without rights left something to say');
    const back = stage.raw(who);
    back.signIn();
    assert.equal(await refusedWith(back), 5);
  });

  it('tells presence as it is, with the time of the last sign', async () => {
    const stage = await open();
    const [alice, bob] = [await stage.device(), { user: uuidv7(), device: uuidv7() }];
    assert.deepEqual(await alice.subscribe(topics.presence(bob.user)), [1]);
    const told = () =>
      alice.packets.flatMap((p) =>
        p.cmd === 'publish' && p.topic === topics.presence(bob.user)
          ? [[JSON.parse(p.payload.toString()).online, p.retain]]
          : [],
      );
    await alice.holds(() => told().length === 1, 'the state');
    const phone = await stage.device(bob);
    await alice.holds(() => told().length === 2, 'bob online');
    assert.equal(stage.broker.presence.online(bob.user), true);
    phone.socket.destroy();
    await alice.holds(() => told().length === 3, 'bob offline');
    assert.deepEqual(told(), [
      [false, true],
      [true, false],
      [false, false],
    ]);
  });

  it('stops when what it has taken is durable and acknowledged', async () => {
    const stage = await open();
    stage.durable = false;
    const device = await stage.device();
    const { packet, messageId } = device.command('group.create', create);
    device.write(packet);
    await device.holds(() => stage.submitted.length === 1, 'the command');
    const stopping = stage.broker.stop();
    device.write(device.command('group.create', create).packet);
    setImmediate(() => stage.submitted[0]!.resolve());
    await stopping;
    await device.ended();
    assert.deepEqual(
      device.packets.flatMap((p) => (p.cmd === 'puback' ? [p.messageId] : [])),
      [messageId],
    );
    assert.equal(stage.submitted.length, 1);
  });
});
