import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fingerprint } from './secret-codes.ts';
import {
  actorOf,
  IP,
  PASSWORD,
  refusedWith,
  type TemporaryAccounts,
  temporaryAccounts,
} from './temporary.ts';

describe('registration', () => {
  let t: TemporaryAccounts;
  afterEach(() => t.dispose());
  const register = (username: string, invitation: string | null = null) =>
    t.accounts.register({ username, password: PASSWORD, device: null, name: null, invitation }, IP);

  it('by invitation takes a good one, once', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    await assert.rejects(register('alice'), refusedWith('invitation_required'));
    await assert.rejects(register('alice', 'made up'), refusedWith('invitation_invalid'));
    const { code, expiresAt } = await t.accounts.invite(null, false);
    assert.equal(expiresAt, t.clock.time + 7 * 86_400_000);
    assert.equal((await register('alice', code)).user.admin, false);
    await assert.rejects(register('bob', code), refusedWith('invitation_invalid'));
  });

  it('lets only one of two in who use the same invitation at the same time', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    const { code } = await t.accounts.invite(null, true);
    const both = await Promise.allSettled([register('alice', code), register('bob', code)]);
    const failed = both.filter((r) => r.status === 'rejected');
    assert.equal(failed.length, 1);
    assert.ok(refusedWith('invitation_invalid')(failed[0]!.reason));
    assert.equal(await t.store.countUsers(), 1);
  });

  it('does not take an invitation that has expired', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    const { code, expiresAt } = await t.accounts.invite(null, false);
    t.clock.time = expiresAt;
    await assert.rejects(register('alice', code), refusedWith('invitation_invalid'));
  });

  it('does not use an invitation up when it fails', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    const [first, second] = [await t.accounts.invite(null, false), await t.accounts.invite(null, false)];
    await register('alice', first.code);
    await assert.rejects(register('alice', second.code), refusedWith('username_taken'));
    await register('bob', second.code);
  });

  it('keeps no code in clear', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    const { code } = await t.accounts.invite(null, false);
    assert.equal(await t.store.invitation(code), null);
    assert.notEqual(await t.store.invitation(fingerprint(code)), null);
  });

  it('when closed takes nobody, invited or not', async () => {
    t = await temporaryAccounts({ registration: 'closed' });
    const { code } = await t.accounts.invite(null, true);
    await assert.rejects(register('alice'), refusedWith('registration_closed'));
    await assert.rejects(register('alice', code), refusedWith('registration_closed'));
  });

  it('when open makes nobody administrator for being first, but for an invitation that says so', async () => {
    t = await temporaryAccounts();
    assert.equal((await register('alice')).user.admin, false);
    const { code } = await t.accounts.invite(null, true);
    assert.equal((await register('bob', code)).user.admin, true);
  });

  it('is limited per address', async () => {
    t = await temporaryAccounts({ registrationsPerHourIp: 2 });
    await register('alice');
    await register('bob');
    await assert.rejects(register('carl'), refusedWith('rate_limited'));
  });
});

describe('administrators', () => {
  let t: TemporaryAccounts;
  afterEach(() => t.dispose());

  it('begin with the first invitation, shown once a start and only while there is nobody', async () => {
    t = await temporaryAccounts({ registration: 'invitation' });
    const lost = await t.accounts.firstInvitation();
    assert.ok(lost !== null);
    assert.equal(await t.accounts.firstInvitation(), null);
    const restarted = t.make();
    const shown = await restarted.firstInvitation();
    await restarted.stop();
    assert.ok(shown !== null && shown !== lost);
    const made = await t.accounts.register(
      { username: 'root', password: PASSWORD, device: null, name: null, invitation: shown },
      IP,
    );
    assert.equal(made.user.admin, true);
    assert.equal((await t.accounts.authenticateBearer(made.accessToken)).admin, true);
    const again = t.make();
    assert.equal(await again.firstInvitation(), null);
    await again.stop();
  });

  it('are not made by a first invitation where registration is not by invitation', async () => {
    t = await temporaryAccounts({ registration: 'open' });
    assert.equal(await t.accounts.firstInvitation(), null);
  });

  it('alone may invite', async () => {
    t = await temporaryAccounts();
    const alice = await t.register('alice');
    await assert.rejects(t.accounts.invite(alice.user.id, false), refusedWith('forbidden'));
    await assert.rejects(t.accounts.invite('nobody', false), refusedWith('forbidden'));
    await t.accounts.grantAdmin('alice');
    const { code } = await t.accounts.invite(alice.user.id, true);
    assert.equal((await t.store.invitation(fingerprint(code)))?.createdBy, alice.user.id);
  });

  it('are made by name', async () => {
    t = await temporaryAccounts();
    const alice = await t.register('alice');
    await assert.rejects(t.accounts.grantAdmin('nobody'), refusedWith('user_not_found'));
    assert.equal((await t.accounts.authenticateBearer(alice.accessToken)).admin, false);
    await t.accounts.grantAdmin('alice');
    assert.equal((await t.accounts.authenticateBearer(alice.accessToken)).admin, true);
    assert.equal((await t.store.user(actorOf(alice).user))?.admin, true);
  });
});
