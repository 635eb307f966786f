import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Algorithm, hash } from '@node-rs/argon2';
import { isOutdated } from './passwords.ts';
import {
  actorOf,
  IP,
  PASSWORD,
  refusedWith,
  type TemporaryAccounts,
  temporaryAccounts,
} from './temporary.ts';

describe('signing in', () => {
  let t: TemporaryAccounts;
  beforeEach(async () => {
    t = await temporaryAccounts({ devicesPerUser: 3 });
  });
  afterEach(() => t.dispose());

  it('registers a user with a device that may come in, over MQTT and over HTTP', async () => {
    const made = await t.accounts.register(
      { username: 'alice', password: PASSWORD, device: 'phone', name: 'Alice', invitation: null },
      IP,
    );
    assert.equal(made.user.admin, false);
    assert.equal(made.device.name, 'phone');
    assert.equal(made.expiresIn, 900);
    assert.deepEqual(t.happened.added, [made.device.id]);
    const expected = { ...actorOf(made), admin: false };
    for (const password of [made.deviceToken, made.accessToken]) {
      const { expiresAt: _, ...who } = await t.accounts.authenticateDevice(
        made.user.id,
        made.device.id,
        password,
      );
      assert.deepEqual(who, expected);
    }
    const { expiresAt, ...who } = await t.accounts.authenticateBearer(made.accessToken);
    assert.deepEqual(who, expected);
    assert.equal(expiresAt, t.clock.time + 900_000);
  });

  it('refuses a name that is taken, whoever comes first', async () => {
    const both = await Promise.allSettled([t.register('alice'), t.register('alice')]);
    assert.deepEqual(both.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
    await assert.rejects(t.register('alice'), refusedWith('username_taken'));
  });

  it('makes a device of its own at every login', async () => {
    const first = await t.register('alice');
    t.clock.time++;
    const second = await t.login('alice');
    assert.notEqual(first.device.id, second.device.id);
    assert.equal(first.user.id, second.user.id);
    const { devices } = await t.ask(actorOf(second), { type: 'devices.list' });
    assert.deepEqual(
      devices.map((d: { device: string; current: boolean }) => [d.device, d.current]),
      [
        [first.device.id, false],
        [second.device.id, true],
      ],
    );
  });

  it('tells a wrong password and an unknown name alike', async () => {
    await t.register('alice');
    const refusal = (login: Promise<unknown>) =>
      login.then(
        () => null,
        (error) => error.refusal,
      );
    const wrong = await refusal(t.login('alice', 'not the password'));
    assert.equal(wrong.code, 'bad_credentials');
    assert.deepEqual(await refusal(t.login('nobody')), wrong);
  });

  it('allows no more devices than the limit, and again one when one is revoked', async () => {
    const first = await t.register('alice');
    await t.login('alice');
    await t.login('alice');
    await assert.rejects(t.login('alice'), refusedWith('too_many_devices'));
    await t.accounts.logout(actorOf(first));
    await t.login('alice');
  });

  it('leaves no device behind that could not be announced', async () => {
    const alice = await t.register('alice');
    const { deviceAdded } = t.hooks;
    t.hooks.deviceAdded = async () => {
      throw new Error('the broker is away');
    };
    await assert.rejects(t.login('alice'), /away/);
    t.hooks.deviceAdded = deviceAdded;
    assert.equal((await t.store.devices(alice.user.id)).length, 1);
  });

  it('lets a device that was signed out in no more, at once', async () => {
    const alice = await t.register('alice');
    const enter = () => t.accounts.authenticateDevice(alice.user.id, alice.device.id, alice.deviceToken);
    await enter();
    await t.accounts.logout(actorOf(alice));
    await assert.rejects(enter(), refusedWith('device_revoked'));
    await assert.rejects(t.accounts.authenticateBearer(alice.accessToken), refusedWith('device_revoked'));
    await assert.rejects(t.accounts.refresh(alice.refreshToken), refusedWith('unauthenticated'));
    assert.deepEqual(t.happened.revoked, [alice.device.id]);
  });

  it('does not let a device in that was revoked while the store was being asked', async () => {
    const alice = await t.register('alice');
    const { device } = t.store;
    let release!: () => void;
    const asked = new Promise<void>((resolve) => {
      t.store.device = async (id) => {
        t.store.device = device;
        const before = await device(id);
        resolve();
        await new Promise<void>((go) => {
          release = go;
        });
        return before;
      };
    });
    const entering = t.accounts.authenticateBearer(alice.accessToken);
    await asked;
    await t.accounts.logout(actorOf(alice));
    release();
    await assert.rejects(entering, refusedWith('device_revoked'));
  });

  it('hashes a password anew at login when it was hashed with other parameters', async () => {
    const alice = await t.register('alice');
    const weak = await hash(PASSWORD, {
      algorithm: 2 as Algorithm.Argon2id,
      memoryCost: 8_192,
      timeCost: 1,
      parallelism: 1,
    });
    await t.store.setPassword(alice.user.id, weak);
    assert.equal(isOutdated(weak), true);
    await t.login('alice');
    const renewed = await t.store.passwordHash(alice.user.id);
    assert.equal(isOutdated(renewed!), false);
    await t.login('alice');
    assert.equal(await t.store.passwordHash(alice.user.id), renewed);
  });
});

describe('changing the password', () => {
  let t: TemporaryAccounts;
  beforeEach(async () => {
    t = await temporaryAccounts({ loginFailuresPerAccount: 2 });
  });
  afterEach(() => t.dispose());

  it('signs every other device out', async () => {
    const [phone, tablet] = [await t.register('alice'), await t.login('alice')];
    await t.accounts.changePassword(actorOf(phone), PASSWORD, 'a long enough one', IP);
    await assert.rejects(t.accounts.authenticateBearer(tablet.accessToken), refusedWith('device_revoked'));
    await t.accounts.authenticateBearer(phone.accessToken);
    await assert.rejects(t.login('alice'), refusedWith('bad_credentials'));
    await t.login('alice', 'a long enough one');
  });

  it('wants the current password, and counts the wrong ones', async () => {
    const alice = actorOf(await t.register('alice'));
    const change = (current: string, next = 'a long enough one') =>
      t.accounts.changePassword(alice, current, next, IP);
    await assert.rejects(change('a guess'), refusedWith('bad_credentials'));
    await assert.rejects(change('another'), refusedWith('bad_credentials'));
    await assert.rejects(change(PASSWORD), refusedWith('rate_limited'));
    await assert.rejects(t.login('alice'), refusedWith('rate_limited'));
  });

  it('refuses a weak one and keeps the old one', async () => {
    const alice = actorOf(await t.register('alice'));
    await assert.rejects(
      t.accounts.changePassword(alice, PASSWORD, 'alice-in-chains', IP),
      refusedWith('weak_password'),
    );
    await t.login('alice');
  });

  it('signs a login out that was proved by the old one', async () => {
    const alice = await t.register('alice');
    const { deviceAdded } = t.hooks;
    t.hooks.deviceAdded = async (user, device) => {
      t.hooks.deviceAdded = deviceAdded;
      // After the password was checked, before there are tokens; this device is not among those that the change signs out.
      await t.accounts.changePassword({ user, device: device.id }, PASSWORD, 'a long enough one', IP);
    };
    await assert.rejects(t.login('alice'), refusedWith('bad_credentials'));
    assert.deepEqual(await t.store.devices(alice.user.id), []);
    await t.login('alice', 'a long enough one');
  });
});
