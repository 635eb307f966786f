/** Devices and signing in: named, revoked, refreshed, signed out by a new password. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Account, login, post, register, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { type Person, ways } from '../harness/person.ts';
import { scene } from '../harness/scene.ts';

describe('devices', { timeout: 120_000 }, () => {
  const on = scene();
  /** Resolves when the server has closed the connection. */
  const closed = (person: Person) =>
    new Promise<void>((resolve) => person.device.client.once('close', () => resolve()));
  const code = async (response: Response) => ((await response.json()) as Payload).code;
  const asks = (account: Account) =>
    request(on.server, 'GET', '/conversations', undefined, account.accessToken);

  for (const way of ways) {
    it(`are listed, named and revoked over ${way}; the revoked one is disconnected and may do nothing`, async () => {
      const phone = await on.meet(way, 'alice');
      const tablet = on.kept(await phone.another());
      const { device } = tablet.device.account;
      await phone.hears((p) => p.type === 'device.added' && p.device === device, 'the new device');
      const renamed = await phone.does('device.rename', { device, name: 'Kitchen' });
      await tablet.hears((p) => p.id === renamed.id && p.name === 'Kitchen', 'the name');
      const listed = async () =>
        (await phone.does('devices.list')).devices.map((d: Payload) => [d.device ?? d.id, d.name]);
      assert.deepEqual(
        new Map(await listed()),
        new Map([
          [phone.device.account.device, null],
          [device, 'Kitchen'],
        ]),
      );

      const gone = closed(tablet);
      const revoked = await phone.does('device.revoke', { device });
      await gone;
      await phone.hears((p) => p.id === revoked.id && p.type === 'device.revoked', 'the revocation');
      assert.deepEqual(await listed(), [[phone.device.account.device, null]]);
      await assert.rejects(Device.connect(on.server.mqtt, tablet.device.account));
      assert.equal(await code(await asks(tablet.device.account)), 'device_revoked');
      const refresh = await post(on.server, '/token/refresh', {
        refresh_token: tablet.device.account.refreshToken,
      });
      assert.equal(refresh.status, 401);
      assert.equal(phone.device.client.connected, true);
      await phone.says({ user: phone.user }, 'the other device goes on');
    });
  }

  it('a refresh gives new tokens of the same device; the old refresh token is spent', async () => {
    const account = await register(on.server, 'alice');
    const refreshed = await post(on.server, '/token/refresh', { refresh_token: account.refreshToken });
    assert.equal(refreshed.status, 200);
    const body = (await refreshed.json()) as Payload;
    assert.equal(body.device.id, account.device);
    assert.notEqual(body.refresh_token, account.refreshToken);
    const now = {
      ...account,
      accessToken: body.access_token,
      refreshToken: body.refresh_token,
      deviceToken: body.device_token,
    };
    assert.equal((await asks(now)).status, 200);
    (await Device.connect(on.server.mqtt, now)).drop();

    const again = await post(on.server, '/token/refresh', { refresh_token: account.refreshToken });
    assert.equal(await code(again), 'token_reused');
    // Somebody has stolen one of the two: neither is worth anything now.
    const newest = await post(on.server, '/token/refresh', { refresh_token: body.refresh_token });
    assert.equal(newest.status, 401);
    assert.equal(await code(await asks(now)), 'device_revoked');
  });

  it('one of many refreshes with the same token at once is answered with tokens', async () => {
    const account = await register(on.server, 'alice');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        post(on.server, '/token/refresh', { refresh_token: account.refreshToken }),
      ),
    );
    assert.ok(answers.filter((a) => a.status === 200).length <= 1, 'two got tokens');
    assert.deepEqual(
      answers.filter((a) => a.status !== 200 && a.status !== 401).map((a) => a.status),
      [],
    );
  });

  it('a new password signs the other devices out and takes the place of the old one', async () => {
    const phone = await on.meet('mqtt', 'alice');
    const tablet = on.kept(await phone.another());
    const { account } = phone.device;
    const change = (current: string, next: string) =>
      post(on.server, '/password', { current_password: current, new_password: next }, account.accessToken);
    assert.equal(
      await code(await change('not the password', 'another horse, another staple')),
      'bad_credentials',
    );
    assert.equal(await code(await change(account.password, 'password')), 'weak_password');
    assert.equal(tablet.device.client.connected, true);

    const gone = closed(tablet);
    const next = 'another horse, another staple';
    assert.equal((await change(account.password, next)).status, 204);
    await gone;
    await assert.rejects(Device.connect(on.server.mqtt, tablet.device.account));
    assert.equal(await code(await asks(tablet.device.account)), 'device_revoked');
    assert.equal(phone.device.client.connected, true);
    assert.equal((await asks(account)).status, 200);
    const old = await post(on.server, '/login', { username: account.username, password: account.password });
    assert.equal(await code(old), 'bad_credentials');
    await login(on.server, { ...account, password: next });
  });

  it('logging out disconnects the device and spends its tokens, and no others', async () => {
    const phone = await on.meet('http', 'alice');
    const tablet = on.kept(await phone.another());
    const gone = closed(tablet);
    const out = await request(on.server, 'POST', '/logout', undefined, tablet.device.account.accessToken);
    assert.equal(out.status, 204);
    await gone;
    assert.equal(await code(await asks(tablet.device.account)), 'device_revoked');
    assert.equal((await asks(phone.device.account)).status, 200);
  });
});
