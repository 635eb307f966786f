/** Plain MQTT beside the chat: nothing of it without rules, all of MQTT 3.1.1 with them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { IClientOptions } from 'mqtt';
import { type Account, register } from './harness/account.ts';
import { Device, type Payload } from './harness/device.ts';
import { unlimited } from './harness/flags.ts';
import { metric } from './harness/metrics.ts';
import { MosquittoSub, mosquittoMissing, mosquittoPub } from './harness/mosquitto.ts';
import { Server } from './harness/server.ts';

const QUEUE = 10;

describe('plain MQTT', { timeout: 120_000 }, () => {
  let folder: string;
  let server: Server;
  let sensor: Account;
  let reader: Account;
  let observer: Account;
  let stranger: Account;
  const open: Device[] = [];
  const subs: MosquittoSub[] = [];
  const connect = async (account: Account, options: IClientOptions = {}) => {
    const device = await Device.connect(server.mqtt, account, options);
    open.push(device);
    return device;
  };
  const granted = async (device: Device, topic: string, qos: 0 | 1 | 2 = 1): Promise<number> =>
    device.client.subscribeAsync(topic, { qos }).then(
      ([grant]) => grant!.qos,
      () => 128,
    );
  /** Publishes, and resolves with the code of the refusal. */
  const refusedAt = async (device: Device, topic: string): Promise<string> => {
    const known = device.own.length;
    await device.client.publishAsync(topic, '1', { qos: 1 });
    const refusal = await device.until(
      () => device.own.slice(known).find((p) => p.type === 'refused'),
      `a refusal at ${topic}`,
    );
    return refusal.error.code;
  };
  const got = (device: Device, topic: string): Payload[] =>
    device.other.filter(([t]) => t === topic).map(([, payload]) => payload);
  /**
   * Publishes, and resolves when somebody who is there has got the last one. What is kept of it has been kept by then; at the PUBACK,
   * which comes first in plain MQTT, it may not be yet.
   */
  const publish = async (topic: string, values: number[], retain = false) => {
    const [from, watching] = [await connect(sensor), await connect(observer, { clean: true })];
    await granted(watching, topic);
    for (const value of values) await from.client.publishAsync(topic, String(value), { qos: 1, retain });
    await watching.until(() => got(watching, topic).includes(values.at(-1)), `${values.at(-1)}`);
    await from.close();
    await watching.close();
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-test-'));
    server = await Server.started({ folder, flags: [...unlimited] });
    [sensor, reader, observer, stranger] = [
      await register(server, 'sensor'),
      await register(server, 'reader'),
      await register(server, 'observer'),
      await register(server, 'stranger'),
    ];
  });
  after(async () => {
    for (const device of open) device.drop();
    for (const sub of subs) await sub.kill();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('switched off, is refused at every topic', async () => {
    const device = await connect(sensor);
    for (const topic of ['open/sensors/1', 'open', 'open/']) {
      assert.equal(await refusedAt(device, topic), 'topic_forbidden', topic);
      assert.equal(await granted(device, topic), 128, topic);
    }
    assert.equal(await granted(device, 'open/#'), 128);
    assert.equal(device.client.connected, true);
    await device.close();
  });

  describe('switched on', () => {
    before(async () => {
      await server.stop();
      const rules = [
        { users: [sensor.user], allow: 'publish', topic: 'sensors/#' },
        { users: [reader.user, observer.user], allow: 'subscribe', topic: 'sensors/#' },
        { users: [sensor.user, reader.user], allow: 'both', topic: 'shared/+/notes' },
        { users: [reader.user], allow: 'subscribe', topic: 'single/+' },
      ];
      server = await Server.started({
        folder,
        flags: [
          ...unlimited,
          '--open.enabled=true',
          `--open.rules=${JSON.stringify(rules)}`,
          `--open.queueLimit=${QUEUE}`,
        ],
      });
    });

    it('lets each do what a rule says, and nothing more', async () => {
      const [from, to, other] = [await connect(sensor), await connect(reader), await connect(stranger)];
      for (const topic of ['open/sensors/1', 'open/shared/a/notes']) {
        assert.equal(await refusedAt(other, topic), 'topic_forbidden', topic);
        assert.equal(await granted(other, topic), 128, topic);
      }
      assert.equal(await granted(to, 'open/sensors/#'), 1);
      assert.equal(await granted(from, 'open/shared/+/notes'), 1);
      assert.equal(await granted(to, 'open/single/+'), 1);
      assert.equal(await granted(from, 'open/sensors/#'), 128, 'may publish there only');
      assert.equal(await refusedAt(to, 'open/sensors/1'), 'topic_forbidden', 'may subscribe there only');
      for (const wider of [
        'open/#',
        '#',
        'open/+/1',
        '+/sensors/#',
        'open/shared/#',
        'open/shared/+/+',
        'open/single/#',
      ])
        assert.equal(await granted(to, wider), 128, wider);
      for (const beside of ['open/sensor/1', 'open/shared/a/b/notes', 'open/shared/notes', 'opens/sensors/1'])
        assert.equal(await refusedAt(from, beside), 'topic_forbidden', beside);
      await to.client.publishAsync('open/shared/kitchen/notes', '{"note":1}', { qos: 1 });
      await from.until(() => got(from, 'open/shared/kitchen/notes').length === 1, 'the note');
      // The chat of those who may is what it was.
      await from.text({ user: reader.user }, 'a chat beside it');
      await to.until(() => to.texts.includes('a chat beside it'), 'the chat');
      await to.client.unsubscribeAsync('open/sensors/#');
      for (const device of [from, to, other]) await device.close();
    });

    for (const qos of [0, 1, 2] as const) {
      it(`delivers at QoS ${qos}, once and in order, through wildcards`, async () => {
        const [from, to] = [await connect(sensor), await connect(reader)];
        const topic = `open/sensors/room-${qos}/temperature`;
        assert.equal(await granted(to, `open/sensors/room-${qos}/+`, qos), qos);
        const values = Array.from({ length: 40 }, (_, i) => i);
        for (const value of values) await from.client.publishAsync(topic, String(value), { qos });
        await from.client.publishAsync(`open/sensors/room-${qos}/end`, 'true', { qos });
        await to.until(() => got(to, `open/sensors/room-${qos}/end`).length === 1, 'the end');
        assert.deepEqual(got(to, topic), values);
        await to.client.unsubscribeAsync(`open/sensors/room-${qos}/+`);
        await from.close();
        await to.close();
      });
    }

    it('keeps what is retained, over a restart too, until it is cleared', async () => {
      const topic = 'open/sensors/retained';
      await publish(topic, [21, 22], true);
      await server.kill9();
      await server.start();
      const to = await connect(reader, { clean: true });
      await granted(to, 'open/sensors/retained');
      const first = await to.until(() => to.other.find(([t]) => t === topic), 'the retained message');
      assert.deepEqual(first, [topic, 22, true]);
      const again = await connect(sensor);
      await again.client.publishAsync(topic, '23', { qos: 1, retain: true });
      await to.until(() => got(to, topic).includes(23), 'the next one');
      // To who is subscribed it is a live message [MQTT-3.3.1-9].
      assert.equal(to.other.find(([, value]) => value === 23)![2], false);
      await again.client.publishAsync(topic, '', { qos: 1, retain: true });
      await to.until(() => got(to, topic).length === 3, 'the clearing');
      await to.close();
      const fresh = await connect(reader, { clean: true });
      await granted(fresh, topic);
      await again.client.publishAsync(topic, '"live"', { qos: 1 });
      await fresh.until(() => got(fresh, topic).includes('live'), 'a live message');
      assert.deepEqual(got(fresh, topic), ['live']);
      await fresh.close();
      await again.close();
    });

    it('publishes the will of who is cut off, and not of who says goodbye', async () => {
      const to = await connect(reader);
      await granted(to, 'open/sensors/wills/#');
      const will = (name: string) => ({
        will: {
          topic: `open/sensors/wills/${name}`,
          payload: Buffer.from('1'),
          qos: 1 as const,
          retain: false,
        },
      });
      const polite = await connect(sensor, will('polite'));
      await polite.close();
      const cut = await connect(sensor, will('cut'));
      cut.drop();
      await to.until(() => got(to, 'open/sensors/wills/cut').length === 1, 'the will');
      assert.deepEqual(got(to, 'open/sensors/wills/polite'), []);
      await assert.rejects(
        Device.connect(server.mqtt, reader, {
          will: { topic: 'open/sensors/wills/mine', payload: Buffer.from('1'), qos: 1, retain: false },
        }),
        'a will where its sender may not publish',
      );
      await to.close();
    });

    it('keeps messages for a session that is away, over a restart too, and drops the oldest over the limit', async () => {
      const to = await connect(reader);
      await granted(to, 'open/sensors/queue/#');
      await to.close();
      await publish('open/sensors/queue/1', [1, 2, 3, 4, 5]);
      await server.kill9();
      await server.start();
      const back = await connect(reader);
      await back.until(() => got(back, 'open/sensors/queue/1').length >= 5, 'the queue');
      assert.deepEqual(got(back, 'open/sensors/queue/1'), [1, 2, 3, 4, 5]);
      await back.close();

      const many = Array.from({ length: QUEUE + 7 }, (_, i) => 100 + i);
      await publish('open/sensors/queue/1', many);
      const last = await connect(reader);
      await last.until(() => got(last, 'open/sensors/queue/1').includes(100 + QUEUE + 6), 'the newest');
      assert.deepEqual(got(last, 'open/sensors/queue/1'), many.slice(-QUEUE));
      assert.equal(await metric(server, 'dunlin_open_dropped_total'), 7);
      await last.close();
    });

    it('is refused to a client that has no account', async () => {
      await assert.rejects(
        Device.connect(server.mqtt, { ...sensor, deviceToken: 'x' }, { subscribe: false }),
      );
    });

    it('works with mosquitto_pub and mosquitto_sub', { skip: mosquittoMissing() }, async () => {
      const sub = new MosquittoSub(server, reader, ['open/sensors/stock/+']);
      subs.push(sub);
      await mosquittoPub(server, sensor, 'open/sensors/stock/hum', '{"humidity":40}');
      // The subscription may come after the first message: it is sent again until one has arrived.
      for (let tries = 0; tries < 50 && sub.payloads.length === 0; tries++)
        await mosquittoPub(server, sensor, 'open/sensors/stock/hum', '{"humidity":40}');
      await sub.until((p) => p[0], 'a message');
      assert.deepEqual(sub.payloads[0], { humidity: 40 });
    });
  });
});
