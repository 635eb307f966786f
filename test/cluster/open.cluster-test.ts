/** Plain MQTT and limits are of the whole installation, whichever node one is at. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { post } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import type { Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { eventually, inhabited } from './inhabited.ts';

const skip = (await missingEngines('redis')) ?? false;

const FAILURES = 4;
const PER_SECOND = 5;
const BURST = 40;

describe('plain MQTT and limits on several nodes', { skip, timeout: 300_000 }, () => {
  const rules = [{ users: 'all', allow: 'both', topic: 'sensors/#' }];
  const on = inhabited({
    log: 'redis',
    messages: 1,
    gateways: 2,
    flags: [
      '--open.enabled=true',
      `--open.rules=${JSON.stringify(rules)}`,
      `--limits.loginFailuresPerAccount=${FAILURES}`,
      `--limits.commandsPerSecondUser=${PER_SECOND}`,
      `--limits.commandBurstUser=${BURST}`,
    ],
  });
  const { meet, again, at } = on;
  const got = (device: Device, topic: string) =>
    device.other.filter(([t]) => t === topic).map(([, payload]) => payload);

  for (const qos of [0, 1] as const)
    it(`carries plain MQTT at QoS ${qos} from one node to the other, in order`, async () => {
      const [sensor, reader] = [await meet(0, 'sensor'), await meet(1, 'reader')];
      const topic = `open/sensors/${qos}/temperature`;
      await reader.device.client.subscribeAsync(`open/sensors/${qos}/+`, { qos });
      // Until the other node has heard of the subscription.
      const ready = `open/sensors/${qos}/ready`;
      await eventually(async () => {
        await sensor.device.client.publishAsync(ready, '0', { qos });
        return got(reader.device, ready).length > 0;
      }, 'the subscription');
      const values = Array.from({ length: 20 }, (_, i) => i);
      for (const value of values) await sensor.device.client.publishAsync(topic, String(value), { qos });
      await reader.device.until(() => got(reader.device, topic).length >= values.length, 'everything');
      assert.deepEqual(got(reader.device, topic), values);
    });

  it('keeps what is retained, and sessions, for every node', async () => {
    const [sensor, reader] = [await meet(0, 'sensor'), await meet(1, 'reader')];
    const topic = 'open/sensors/kept';
    await reader.device.client.subscribeAsync(topic, { qos: 1 });
    await reader.device.close();
    await sensor.device.client.publishAsync(topic, '7', { qos: 1, retain: true });
    // The same session, at the other node.
    const back = await on.moves(reader, 0);
    await back.device.until(() => got(back.device, topic).includes(7), 'what came while it was away');
    const fresh = await meet(1, 'fresh');
    await fresh.device.client.subscribeAsync(topic, { qos: 1 });
    const [, value, retained] = await fresh.device.until(
      () => fresh.device.other.find(([t]) => t === topic),
      'the retained one',
    );
    assert.deepEqual([value, retained], [7, true]);
  });

  it('publishes the will of who is cut off to the other node', async () => {
    const [sensor, reader] = [await meet(0, 'sensor'), await meet(1, 'reader')];
    const topic = 'open/sensors/will';
    await reader.device.client.subscribeAsync(topic, { qos: 1 });
    await sensor.device.close();
    const doomed = await Device.connect(at(0).mqtt, sensor.device.account, {
      will: { topic, payload: Buffer.from('1'), qos: 1, retain: false },
    });
    doomed.drop();
    await reader.device.until(() => got(reader.device, topic).length === 1, 'the will');
  });

  it('counts the failed logins of an account over all gateways', async () => {
    const alice = await meet(0, 'alice');
    const { username, password } = alice.device.account;
    const tries = async (node: number, what: string) =>
      (await post(at(node), '/login', { username, password: what })).status;
    const statuses: number[] = [];
    for (let n = 0; n < FAILURES + 2; n++) statuses.push(await tries(n, 'not the password'));
    assert.deepEqual(statuses, [...Array(FAILURES).fill(401), 429, 429]);
    for (const node of [0, 1]) assert.equal(await tries(node, password), 429, `gateway ${node}`);
  });

  it('counts the commands of a user over all nodes', async () => {
    const [phone, bob] = [await meet(0, 'alice'), await meet(1, 'bob')];
    const tablet = await again(phone, 1);
    const fields = { to: { user: bob.user }, content: { type: 'text', text: 'x' } };
    const overMqtt = async ({ device }: Person, count: number): Promise<number> => {
      const ids = Array.from({ length: count }, () => uuidv7());
      await Promise.all(ids.map((id) => device.send('message.send', fields, id)));
      await device.until(() => ids.every((id) => device.answerTo(id)), 'all answers', 30_000);
      return ids.filter((id) => device.answerTo(id).type !== 'refused').length;
    };
    const overHttp = async (node: number, count: number): Promise<number> => {
      const { accessToken } = phone.device.account;
      const answers = await Promise.all(
        Array.from({ length: count }, () => post(at(node), '/messages/send', fields, accessToken)),
      );
      const refused = answers.filter(({ status }) => status === 429);
      assert.ok(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0));
      return count - refused.length;
    };
    assert.ok((await overMqtt(phone, 2 * BURST)) >= BURST / 2);
    // The others hear of it when they count for the same user. One that counted for itself would let a whole burst through.
    const doors = [
      (count: number) => overMqtt(tablet, count),
      (count: number) => overHttp(0, count),
      (count: number) => overHttp(1, count),
    ];
    for (const [i, door] of doors.entries()) {
      await door(1);
      await pause(200);
      const passed = await door(BURST);
      assert.ok(passed < (3 * BURST) / 4, `${passed} of ${BURST} at door ${i}`);
    }
  });
});
