import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import { sampleDevice, sampleToken, sampleUser } from './store.samples.ts';
import type { AccountStore, User } from './store.ts';

const MOST = 5;
const isTooMany = (error: unknown) => error instanceof Refused && error.refusal.code === 'too_many_devices';

export function devicesConformance(open: () => AccountStore): void {
  describe('devices', () => {
    let user: User;
    let other: User;
    beforeEach(async () => {
      [user, other] = [sampleUser(), sampleUser()];
      await open().createUser(user, 'a hash', null);
      await open().createUser(other, 'a hash', null);
    });
    const add = async (of: User, fields: Parameters<typeof sampleDevice>[1] = {}) => {
      const device = sampleDevice(of.id, fields);
      await open().addDevice(device, MOST);
      return device;
    };

    it('gives back what was stored, a user’s oldest first', async () => {
      const second = await add(user, { name: 'phone "👋"', createdAt: 2_000, lastSeen: 2_001 });
      const first = await add(user, { createdAt: 1_000 });
      const theirs = await add(other);
      assert.deepEqual(await open().device(second.id), second);
      assert.deepEqual(await open().device(uuidv7()), null);
      assert.deepEqual(await open().devices(user.id), [first, second]);
      assert.deepEqual(await open().devices(other.id), [theirs]);
      assert.deepEqual(await open().devices(uuidv7()), []);
    });

    it('takes as many as are allowed, also of those who come at once', async () => {
      const devices = Array.from({ length: MOST + 3 }, () => sampleDevice(user.id));
      const results = await Promise.allSettled(devices.map((device) => open().addDevice(device, MOST)));
      const rejected = results.filter((result) => result.status === 'rejected');
      assert.equal(rejected.length, 3);
      for (const { reason } of rejected) assert.ok(isTooMany(reason), String(reason));
      assert.equal((await open().devices(user.id)).length, MOST);
      await add(other);
    });

    it('does not count those that were revoked', async () => {
      const [first] = await Promise.all(Array.from({ length: MOST }, () => add(user)));
      await assert.rejects(add(user), isTooMany);
      await open().revokeDevice(user.id, first!.id, 5_000);
      await add(user);
      await assert.rejects(add(user), isTooMany);
    });

    it('renames a device of the user’s own', async () => {
      const [device, neighbour] = [await add(user), await add(user, { name: 'laptop' })];
      await open().renameDevice(user.id, device.id, 'phone');
      await open().renameDevice(other.id, neighbour.id, 'stolen');
      assert.deepEqual(await open().device(device.id), { ...device, name: 'phone' });
      assert.deepEqual(await open().device(neighbour.id), neighbour);
    });

    it('revokes once, and says so once', async () => {
      const [device, neighbour] = [await add(user), await add(user)];
      const revoked = await Promise.all([1, 2, 3].map(() => open().revokeDevice(user.id, device.id, 5_000)));
      assert.deepEqual(revoked.filter(Boolean), [true]);
      assert.equal(await open().revokeDevice(user.id, device.id, 9_000), false);
      assert.deepEqual(await open().device(device.id), { ...device, revokedAt: 5_000 });
      assert.deepEqual(await open().devices(user.id), [neighbour]);
    });

    it('revokes no device of somebody else, and none that does not exist', async () => {
      const device = await add(user);
      const token = sampleToken(device);
      await open().addRefreshToken(token);
      assert.equal(await open().revokeDevice(other.id, device.id, 5_000), false);
      assert.equal(await open().revokeDevice(user.id, uuidv7(), 5_000), false);
      assert.deepEqual(await open().device(device.id), device);
      assert.deepEqual(await open().refreshToken(token.hash), token);
    });

    it('deletes the refresh tokens of what it revokes, and no others', async () => {
      const [device, neighbour] = [await add(user), await add(user)];
      const gone = [sampleToken(device), sampleToken(device)];
      const kept = sampleToken(neighbour);
      for (const token of [...gone, kept]) await open().addRefreshToken(token);
      await open().revokeDevice(user.id, device.id, 5_000);
      for (const { hash } of gone) assert.equal(await open().refreshToken(hash), null);
      assert.deepEqual(await open().refreshToken(kept.hash), kept);
    });

    it('moves the last time seen of user and device forward, and only forward', async () => {
      const [phone, laptop, theirs] = [await add(user), await add(user), await add(other)];
      const seen = (device: { id: string; user: string }, at: number) => ({
        user: device.user,
        device: device.id,
        at,
      });
      await open().setLastSeen([seen(phone, 20), seen(laptop, 30), seen(phone, 25), seen(theirs, 5)]);
      await open().setLastSeen([seen(phone, 24), seen(laptop, 10), seen(theirs, 6)]);
      await open().setLastSeen([]);
      const times = async () => {
        const devices = await Promise.all([phone, laptop, theirs].map(({ id }) => open().device(id)));
        const users = await Promise.all([user, other].map(({ id }) => open().user(id)));
        return [...devices, ...users].map((one) => one?.lastSeen);
      };
      assert.deepEqual(await times(), [25, 30, 6, 30, 6]);
      await open().setLastSeen([seen({ id: uuidv7(), user: uuidv7() }, 99)]);
      const many = Array.from({ length: 1_500 }, () => seen({ id: uuidv7(), user: uuidv7() }, 50));
      await open().setLastSeen([...many, seen(phone, 40)]);
      assert.deepEqual(await times(), [40, 30, 6, 40, 6]);
    });
  });
}
