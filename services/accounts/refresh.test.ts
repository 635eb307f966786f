import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { SignIn } from './accounts.ts';
import { fingerprint } from './secret-codes.ts';
import { actorOf, refusedWith, type TemporaryAccounts, temporaryAccounts } from './temporary.ts';

const DAY_MS = 86_400_000;

describe('refreshing', () => {
  let t: TemporaryAccounts;
  let alice: SignIn;
  const enters = ({ user, device, deviceToken }: SignIn) =>
    t.accounts.authenticateDevice(user.id, device.id, deviceToken);
  beforeEach(async () => {
    t = await temporaryAccounts();
    alice = await t.register('alice');
  });
  afterEach(() => t.dispose());

  it('gives new tokens of the same device, again and again', async () => {
    let held = alice;
    for (let i = 0; i < 3; i++) {
      const next = await t.accounts.refresh(held.refreshToken);
      assert.equal(next.device.id, alice.device.id);
      assert.notEqual(next.refreshToken, held.refreshToken);
      await enters(next);
      await t.accounts.authenticateBearer(next.accessToken);
      held = next;
    }
    assert.deepEqual(t.happened.added, [alice.device.id]);
  });

  it('stores no token in clear', async () => {
    assert.equal(await t.store.refreshToken(alice.refreshToken), null);
    const stored = await t.store.refreshToken(fingerprint(alice.refreshToken));
    assert.equal(stored?.device, alice.device.id);
    assert.equal(JSON.stringify(stored).includes(alice.refreshToken), false);
  });

  it('signs the device out when a token is used twice, whoever holds the newest', async () => {
    const next = await t.accounts.refresh(alice.refreshToken);
    await assert.rejects(t.accounts.refresh(alice.refreshToken), refusedWith('token_reused'));
    await assert.rejects(enters(next), refusedWith('device_revoked'));
    await assert.rejects(t.accounts.refresh(next.refreshToken), refusedWith('unauthenticated'));
    assert.deepEqual(t.happened.revoked, [alice.device.id]);
  });

  it('lets only one of two at the same time through', async () => {
    const both = await Promise.allSettled([
      t.accounts.refresh(alice.refreshToken),
      t.accounts.refresh(alice.refreshToken),
    ]);
    const failed = both.filter((r) => r.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.ok(refusedWith('token_reused')(failed[0]!.reason));
    await assert.rejects(enters(alice), refusedWith('device_revoked'));
  });

  it('keeps the trace of a theft while the device cannot be signed out', async () => {
    await t.accounts.refresh(alice.refreshToken);
    const { revoke } = t.hooks;
    t.hooks.revoke = async () => {
      throw new Error('the log is away');
    };
    await assert.rejects(t.accounts.refresh(alice.refreshToken), /away/);
    t.hooks.revoke = revoke;
    await assert.rejects(t.accounts.refresh(alice.refreshToken), refusedWith('token_reused'));
    await assert.rejects(enters(alice), refusedWith('device_revoked'));
  });

  it('leaves the other devices of the user alone', async () => {
    const tablet = await t.login('alice');
    await t.accounts.refresh(alice.refreshToken);
    await assert.rejects(t.accounts.refresh(alice.refreshToken), refusedWith('token_reused'));
    await enters(tablet);
    await t.accounts.refresh(tablet.refreshToken);
  });

  it('refuses what is no refresh token', async () => {
    for (const token of ['', 'x'.repeat(43), alice.accessToken, alice.deviceToken])
      await assert.rejects(t.accounts.refresh(token), refusedWith('unauthenticated'));
  });

  it('refuses a token after its life, which begins anew with each', async () => {
    t.clock.time += 59 * DAY_MS;
    const next = await t.accounts.refresh(alice.refreshToken);
    t.clock.time += 59 * DAY_MS;
    await t.accounts.refresh(next.refreshToken);
    const tablet = await t.login('alice');
    t.clock.time += 60 * DAY_MS;
    await assert.rejects(t.accounts.refresh(tablet.refreshToken), refusedWith('token_expired'));
  });

  it('refuses a device that was revoked meanwhile', async () => {
    // Rotated while the revocation was deleting: the successor must be of no use.
    await t.accounts.logout(actorOf(alice));
    await t.store.addRefreshToken({
      hash: fingerprint('left over'),
      device: alice.device.id,
      user: alice.user.id,
      family: alice.device.id,
      expiresAt: t.clock.time + DAY_MS,
      usedAt: null,
    });
    await assert.rejects(t.accounts.refresh('left over'), refusedWith('device_revoked'));
  });

  it('is swept: expired tokens are deleted at start', async () => {
    const tablet = await t.login('alice');
    t.clock.time += 61 * DAY_MS;
    const phone = await t.login('alice');
    const again = t.make();
    await again.stop();
    assert.equal(await t.store.refreshToken(fingerprint(tablet.refreshToken)), null);
    assert.notEqual(await t.store.refreshToken(fingerprint(phone.refreshToken)), null);
  });
});
