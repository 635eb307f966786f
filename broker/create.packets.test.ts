/** The front of the broker as sockets see it, with nothing behind it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../protocol/topics.ts';
import { publish } from './fixtures/stage.ts';
import { stages } from './fixtures/stages.ts';

const { open, restart } = stages();
const create = { name: 'Rowing' };

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
      Buffer.concat([Buffer.from([0x20, 0, topic.length]), Buffer.from(topic), Buffer.from([0, 9]), payload]),
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
    const again = await restart(stage);
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
