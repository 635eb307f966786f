/** Nobody stays online for ever: a killed server does not remember who was there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { topics } from '../../protocol/topics.ts';
import { register, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { unlimited } from '../harness/flags.ts';
import { Server } from '../harness/server.ts';

describe('presence after a crash', { timeout: 60_000 }, () => {
  let server: Server;
  const open: Device[] = [];
  before(async () => {
    server = await Server.started({ flags: [...unlimited, '--presence.graceSeconds=1'] });
  });
  after(async () => {
    for (const device of open) device.drop();
    await server.dispose();
  });

  it('is offline for who does not come back, with the time of the last sign, and online for who does', async () => {
    const accounts = [
      await register(server, 'alice'),
      await register(server, 'bob'),
      await register(server, 'carl'),
    ] as const;
    const connect = async (n: 0 | 1 | 2) => {
      const device = await Device.connect(server.mqtt, accounts[n]);
      open.push(device);
      return device;
    };
    const [alice, bob] = [await connect(0), await connect(1)];
    await connect(2);
    const content = { type: 'text', text: 'hello' };
    for (const n of [1, 2] as const)
      await alice.ask('message.send', { to: { user: accounts[n].user }, content });
    const watched = accounts.slice(1).map(({ user }) => topics.presence(user));
    const told = (device: Device, topic: string): Payload => device.other.findLast(([t]) => t === topic)?.[1];
    await alice.client.subscribeAsync(watched, { qos: 0 });
    for (const topic of watched) await alice.until(() => told(alice, topic)?.online, `${topic} online`);
    await bob.until(() => bob.texts.length === 1, 'the message');

    await server.kill9();
    await server.start();
    const [again] = [await connect(0), await connect(1)];
    await again.client.subscribeAsync(watched, { qos: 0 });
    await again.until(() => told(again, watched[0]!)?.online === true, 'bob online');
    await again.until(() => told(again, watched[1]!)?.online === false, 'carl offline');
    const carl = (await (
      await request(server, 'GET', `/users/${accounts[2].user}/presence`, undefined, accounts[0].accessToken)
    ).json()) as Payload;
    assert.equal(carl.online, false);
    const bobs = (await (
      await request(server, 'GET', `/users/${accounts[1].user}/presence`, undefined, accounts[0].accessToken)
    ).json()) as Payload;
    assert.equal(bobs.online, true);
  });
});
