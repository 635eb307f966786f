import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { defaultConfig } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/logging.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import type { Change } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import { topics } from '../../protocol/topics.ts';
import type { Actor } from '../../services/actor.ts';
import { Connections } from '../connections/connections.ts';
import { type FakeConnection, fakeConnection, settled } from '../fixtures/connection.ts';
import { Notices } from '../notices.ts';
import { OpenRules } from '../open/rules.ts';
import { Ingest, type Published } from './ingest.ts';

interface Submitted {
  actor: Actor;
  id: string;
  text: string;
  resolve(): void;
  reject(error: unknown): void;
}

function stage(limits: Partial<ReturnType<typeof defaultConfig>['limits']> = {}) {
  const config = defaultConfig();
  const clock = { now: () => 0 };
  const connections = new Connections();
  const submitted: Submitted[] = [];
  const told: {
    connection: unknown;
    payload: { command: string | null; type: string; error: { code: string } };
  }[] = [];
  /** Whether the device has an inbox for refusals; and those that are not on their way yet. */
  const holds = { inbox: true, refusals: false, written: [] as (() => void)[] };
  const denied = new Set<object>();
  const stored: { packet: object; resolve(): void; reject(error: Error): void }[] = [];
  const metrics = createMetrics();
  metrics.stop();
  const answers = {
    send: (connection: unknown, text: string) => void told.push({ connection, payload: JSON.parse(text) }),
    room: async () => {},
  };
  const ingest = new Ingest({
    connections,
    open: new OpenRules({
      ...config.open,
      enabled: true,
      rules: [{ users: 'all', allow: 'both', topic: 'allowed' }],
    }),
    pipeline: {
      submit: (actor, command: Change, text) =>
        new Promise((resolve, reject) => submitted.push({ actor, id: command.id, text, resolve, reject })),
    },
    receipts: {
      read: async (_actor, { seq }) => {
        if (seq > 10) throw new Refused('message_not_found');
      },
    },
    queries: { answer: async () => ['answer'] },
    typing: {
      publish: async () => {
        throw new Refused('not_a_member');
      },
    },
    answers,
    notices: new Notices(
      {
        toDeviceFirst(actor, text, written) {
          if (!holds.inbox) return false;
          answers.send(actor, text);
          if (holds.refusals) holds.written.push(written);
          else written();
          return true;
        },
      },
      metrics,
      createLogger('silent'),
    ),
    distribute: (packet) => new Promise((resolve, reject) => stored.push({ packet, resolve, reject })),
    deny: (packet) => denied.add(packet),
    limits: { ...config.limits, ...limits },
    userRate: new TokenBuckets(0, 1, clock),
    bots: { check: () => {}, checkAny: () => {}, mayStill: () => true, take: () => 0 },
    clock,
    metrics,
  });
  const connect = (): FakeConnection => {
    const connection = fakeConnection();
    connections.admit(connection);
    return connection;
  };
  /** Publishes; `acknowledged` is undefined until it is. */
  const publish = (connection: FakeConnection, topic: string, payload: string, qos: 0 | 1 | 2 = 1) => {
    const packet: Published & { acknowledged?: Error | null } = { topic, payload: Buffer.from(payload), qos };
    ingest.publish(connection.client, packet, (error) => {
      packet.acknowledged = error ?? null;
    });
    return packet;
  };
  const command = (connection: FakeConnection, type: string, fields: object = {}, id = uuidv7()) => ({
    id,
    packet: publish(
      connection,
      topics.outbox(connection.actor.user),
      JSON.stringify({ v: 1, id, type, ...fields }),
    ),
  });
  const refusals = () => told.map(({ payload }) => [payload.command, payload.error?.code ?? payload.type]);
  return { ingest, submitted, told, holds, denied, stored, connect, publish, command, refusals };
}

const create = { name: 'Rowing' };

describe('ingest', () => {
  it('acknowledges a change when it is durable, and not before', async () => {
    const { submitted, connect, command } = stage();
    const device = connect();
    const { id, packet } = command(device, 'group.create', create);
    assert.deepEqual(
      submitted.map((s) => [s.actor, s.id]),
      [[device.actor, id]],
    );
    await settled();
    assert.equal(packet.acknowledged, undefined);
    submitted[0]!.resolve();
    await settled();
    assert.equal(packet.acknowledged, null);
  });

  it('submits the changes of a device in their order, in the same turn', () => {
    const { submitted, connect, command } = stage();
    const device = connect();
    const ids = Array.from({ length: 20 }, () => command(device, 'group.create', create).id);
    assert.deepEqual(
      submitted.map((s) => s.id),
      ids,
    );
  });

  it('hands the text on as it came', () => {
    const { submitted, connect, publish } = stage();
    const device = connect();
    const text = ` {"type":"group.create", "name":"x","v":1,"id":"${uuidv7()}"}`;
    publish(device, topics.outbox(device.actor.user), text);
    assert.equal(submitted[0]!.text, text);
  });

  it('acknowledges what is refused too, and says why', async () => {
    const { submitted, connect, command, refusals } = stage();
    const device = connect();
    const { id, packet } = command(device, 'group.create', create);
    submitted[0]!.reject(new Refused('storage_full'));
    await settled();
    assert.equal(packet.acknowledged, null);
    assert.deepEqual(refusals(), [[id, 'storage_full']]);
  });

  it('acknowledges what is refused when its reason is on its way, and not before', async () => {
    const { submitted, holds, connect, command, publish } = stage();
    holds.refusals = true;
    const device = connect();
    const { packet } = command(device, 'group.create', create);
    const unreadable = publish(device, topics.outbox(device.actor.user), '{');
    const forbidden = publish(device, 'weather', '{}');
    submitted[0]!.reject(new Refused('unavailable'));
    await settled();
    for (const one of [packet, unreadable, forbidden]) assert.equal(one.acknowledged, undefined);
    for (const written of holds.written.splice(0)) written();
    for (const one of [packet, unreadable, forbidden]) assert.equal(one.acknowledged, null);
  });

  it('acknowledges nothing that would succeed later and of which nobody can be told', async () => {
    const { submitted, holds, connect, command } = stage();
    holds.inbox = false;
    const device = connect();
    const packets = [0, 1, 2].map(() => command(device, 'group.create', create).packet);
    submitted[0]!.reject(new Refused('not_a_member'));
    submitted[1]!.reject(new Refused('unavailable'));
    submitted[2]!.reject(new TypeError('undefined is not a function'));
    await settled();
    const [refused, later, mistake] = packets;
    assert.equal(refused!.acknowledged, null, 'for good: it would come again and again');
    assert.match(String(later!.acknowledged), /cannot be told: unavailable/);
    assert.equal(mistake!.acknowledged, null, 'it may be made again each time');
  });

  it('answers a mistake of ours as such', async () => {
    const { submitted, connect, command, refusals } = stage();
    const { id } = command(connect(), 'group.create', create);
    submitted[0]!.reject(new TypeError('undefined is not a function'));
    await settled();
    assert.deepEqual(refusals(), [[id, 'internal']]);
  });

  it('answers what cannot be read under its id when that can be read', async () => {
    const { submitted, connect, command, publish, refusals } = stage();
    const device = connect();
    const unknown = command(device, 'group.destroy');
    publish(device, topics.outbox(device.actor.user), '{"v":1,');
    publish(device, topics.outbox(device.actor.user), '');
    await settled();
    assert.deepEqual(refusals(), [
      [unknown.id, 'unknown_type'],
      [null, 'bad_json'],
      [null, 'bad_json'],
    ]);
    assert.equal(submitted.length, 0);
  });

  it('acknowledges a query at once, behind what came before, and answers it', async () => {
    const { submitted, connect, command, told } = stage();
    const device = connect();
    const change = command(device, 'group.create', create);
    const { id, packet } = command(device, 'contacts.list');
    await settled();
    assert.deepEqual(
      told.map(({ payload }) => payload),
      [{ v: 1, type: 'result', command: id, result: ['answer'] }],
    );
    assert.equal(packet.acknowledged, undefined, 'PUBACKs are out of order');
    submitted[0]!.resolve();
    await settled();
    assert.deepEqual([change.packet.acknowledged, packet.acknowledged], [null, null]);
  });

  it('takes a read receipt, and refuses one of what is not there', async () => {
    const { connect, command, refusals } = stage();
    const device = connect();
    const conversation = uuidv7();
    const good = command(device, 'receipt.read', { conversation, seq: 1 });
    const bad = command(device, 'receipt.read', { conversation, seq: 11 });
    await settled();
    assert.deepEqual([good.packet.acknowledged, bad.packet.acknowledged], [null, null]);
    assert.deepEqual(refusals(), [[bad.id, 'message_not_found']]);
  });

  it('refuses every other topic, acknowledges it, and lets it go nowhere', async () => {
    const { connect, publish, denied, refusals, submitted } = stage();
    const device = connect();
    const forbidden = [topics.inbox(device.actor.user), topics.outbox(uuidv7()), 'weather', 'open/other'];
    const packets = forbidden.map((topic) => publish(device, topic, '{}'));
    await settled();
    assert.deepEqual(
      refusals(),
      forbidden.map(() => [null, 'topic_forbidden']),
    );
    for (const packet of packets) {
      assert.equal(packet.acknowledged, null);
      assert.equal(denied.has(packet), true);
    }
    assert.equal(submitted.length, 0);
  });

  it('says why a typing notice was refused', async () => {
    const { connect, publish, refusals } = stage();
    publish(connect(), topics.typing(uuidv7()), '{}', 0);
    await settled();
    assert.deepEqual(refusals(), [[null, 'not_a_member']]);
  });

  it('acknowledges plain MQTT at QoS 1 when it is stored, and not when it cannot be', async () => {
    const { connect, publish, stored } = stage();
    const device = connect();
    const [kept, lost] = [publish(device, 'open/allowed', '1'), publish(device, 'open/allowed', '2')];
    await settled();
    assert.deepEqual(
      stored.map(({ packet }) => packet),
      [kept, lost],
    );
    assert.equal(kept.acknowledged, undefined);
    stored[0]!.resolve();
    stored[1]!.reject(new Error('the disk is full'));
    await settled();
    assert.equal(kept.acknowledged, null);
    assert.match(String(lost.acknowledged), /full/);
  });

  it('does nothing for a device whose rights were taken away', async () => {
    const { connect, command, submitted, denied } = stage();
    const device = connect();
    device.revoked = true;
    const { packet } = command(device, 'group.create', create);
    assert.equal(submitted.length, 0);
    assert.equal(denied.has(packet), true);
  });

  it('while it stops takes nothing new, and waits for what it has', async () => {
    const { ingest, connect, command, publish, submitted } = stage();
    const device = connect();
    const before = command(device, 'group.create', create);
    let stopped = false;
    const stopping = ingest.stop().then(() => {
      stopped = true;
    });
    const late = command(device, 'group.create', create);
    const elsewhere = publish(device, 'weather', '{}');
    await settled();
    assert.equal(stopped, false);
    assert.equal(submitted.length, 1);
    submitted[0]!.resolve();
    await stopping;
    assert.equal(before.packet.acknowledged, null);
    for (const { acknowledged } of [late.packet, elsewhere])
      assert.equal(acknowledged, undefined, 'an acknowledgement of what was not taken');
  });

  describe('wills of an earlier run', () => {
    const will = (ingest: Ingest, packet: Published) =>
      new Promise<void>((resolve, reject) =>
        ingest.publish(null, packet, (error) => (error ? reject(error) : resolve())),
      );
    const [user, device] = [uuidv7(), uuidv7()];
    const payload = Buffer.from(JSON.stringify({ v: 1, id: uuidv7(), type: 'group.create', ...create }));

    it('are submitted as the device that left them', async () => {
      const { ingest, submitted, denied } = stage();
      const packet = { topic: topics.outbox(user), payload, clientId: device };
      const done = will(ingest, packet);
      submitted[0]!.resolve();
      await done;
      assert.deepEqual(submitted[0]!.actor, { user, device });
      assert.equal(denied.has(packet), true);
    });

    it('that are no command, or stand elsewhere, are dropped', async () => {
      const { ingest, submitted, denied } = stage();
      const packets = [
        { topic: topics.outbox(user), payload: Buffer.from('{'), clientId: device },
        { topic: topics.inbox(user), payload, clientId: device },
        { topic: topics.outbox(user), payload },
      ];
      for (const packet of packets) await will(ingest, packet);
      assert.equal(submitted.length, 0);
      for (const packet of packets) assert.equal(denied.has(packet), true);
    });

    it('of plain MQTT are published', async () => {
      const { ingest, denied } = stage();
      const packet = { topic: 'open/allowed', payload, clientId: device };
      await will(ingest, packet);
      assert.equal(denied.has(packet), false);
    });
  });
});
