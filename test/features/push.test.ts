/** Notifications of the real program: who is connected gets none, who goes gets them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Receiver } from '../../services/webhooks/fixtures/receiver.ts';
import { type Account, post, register, request } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import { Server } from '../harness/server.ts';

describe('notifications', () => {
  let server: Server;
  let vendor: Receiver;
  let alice: Account;
  let bob: Account;
  let carol: Account;
  before(async () => {
    vendor = await Receiver.listening();
    server = await Server.started({
      flags: [
        '--outbound.allowPrivate=127.0.0.1',
        `--outbound.ports=[${vendor.port}]`,
        '--push.graceSeconds=3',
      ],
    });
    [alice, bob, carol] = [
      await register(server, 'alice'),
      await register(server, 'bob'),
      await register(server, 'carol'),
    ];
    for (const { device, accessToken } of [bob, carol]) {
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      const routes = [{ kind: 'webhook', endpoint: vendor.url, secret }];
      const put = await request(server, 'PUT', `/devices/${device}/push`, { routes }, accessToken);
      assert.equal(put.status, 200, await put.text());
    }
  });
  after(async () => {
    await vendor.close();
    await server.dispose();
  });

  const say = async (to: Account, text: string): Promise<void> => {
    const body = { to: { user: to.user }, content: { type: 'text', text } };
    const answer = await post(server, '/messages/send', body, alice.accessToken);
    assert.equal(answer.status, 201, await answer.text());
  };
  const told = (account: Account) =>
    vendor.got.filter((one) => one.told.data.device === account.device).map((one) => one.told.data.body);

  it('go to those who are not connected, and to those whose device does not acknowledge', async () => {
    const phone = await Device.connect(server.mqtt, bob);
    await say(bob, 'you have it');
    await phone.until(() => phone.texts.length === 1, 'the message');
    await say(carol, 'you are away');
    await vendor.until(() => told(carol).length === 1);
    // Connected, and nothing that comes is taken: no PUBACK.
    phone.client.handleMessage = () => {};
    await say(bob, 'are you there?');
    await vendor.until(() => told(bob).length === 1);
    phone.drop();
    await phone.close().catch(() => {});
    await say(bob, 'you are gone');
    await vendor.until(() => told(bob).length === 2);
    assert.deepEqual(told(bob), ['are you there?', 'you are gone']);
    assert.deepEqual(told(carol), ['you are away']);
  });
});
