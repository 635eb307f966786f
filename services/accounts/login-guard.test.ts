import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Refused } from '../../protocol/errors.ts';
import { LoginGuard } from './login-guard.ts';
import { refusedWith } from './temporary.ts';

const here = '192.0.2.1';
const elsewhere = '198.51.100.7';
const limits = {
  loginFailuresPerAccount: 3,
  loginFailuresPerIp: 5,
  loginWindowSeconds: 900,
  registrationsPerHourIp: 2,
};
const right = async () => 'proved';
const wrong = async () => null;
const retryAfter = (error: unknown) => (error instanceof Refused ? error.refusal.retry_after_ms : null);

describe('the login guard', () => {
  let guard: LoginGuard;
  const fail = (account: string, ip = here) =>
    assert.rejects(guard.check(account, ip, wrong), refusedWith('bad_credentials'));
  const refuse = (account: string, ip = here) =>
    assert.rejects(guard.check(account, ip, right), refusedWith('rate_limited'));
  beforeEach(() => {
    mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1_000_000 });
    guard = new LoginGuard(limits);
  });
  afterEach(() => mock.timers.reset());

  it('does not have the password looked at after too many failures, and says when to come again', async () => {
    for (let i = 0; i < 3; i++) await fail('alice');
    mock.timers.tick(60_000);
    let looked = false;
    const error = await guard
      .check('alice', here, async () => {
        looked = true;
        return null;
      })
      .catch((e) => e);
    assert.ok(refusedWith('rate_limited')(error));
    assert.equal(retryAfter(error), 840_000);
    assert.equal(looked, false);
  });

  it('forgets failures after the window, whatever was tried in it', async () => {
    for (let i = 0; i < 3; i++) await fail('alice');
    for (let i = 0; i < 20; i++) {
      mock.timers.tick(44_000);
      await refuse('alice');
    }
    mock.timers.tick(21_000);
    assert.equal(await guard.check('alice', here, right), 'proved');
  });

  it('keeps the owner of an account in when somebody elsewhere guesses', async () => {
    for (let i = 0; i < 3; i++) await fail('alice', elsewhere);
    await refuse('alice', elsewhere);
    assert.equal(await guard.check('alice', here, right), 'proved');
  });

  it('forgets the failures of an account at its success, and not those of the address', async () => {
    for (let round = 0; round < 2; round++) {
      await fail('alice');
      await fail('alice');
      assert.equal(await guard.check('alice', here, right), 'proved');
    }
    await fail('bob');
    await refuse('carl');
  });

  it('counts tries at the same time as they begin', async () => {
    const gates: (() => void)[] = [];
    const slow = () => new Promise<null>((resolve) => gates.push(() => resolve(null)));
    const tries = Array.from({ length: 10 }, () => guard.check('alice', here, slow).catch((e) => e));
    const refused = (await Promise.all(tries.slice(3))).map(retryAfter);
    assert.equal(gates.length, 3, 'more were looked at than may fail');
    // Those under way may be right: no reason to keep anybody waiting for the window.
    assert.deepEqual(refused, Array(7).fill(1_000));
    for (const open of gates) open();
    for (const error of await Promise.all(tries.slice(0, 3)))
      assert.ok(refusedWith('bad_credentials')(error));
    assert.equal(retryAfter(await guard.check('alice', here, right).catch((e) => e)), 900_000);
  });

  it('does not count what could not be looked at', async () => {
    const broken = async () => {
      throw new Error('the store is away');
    };
    for (let i = 0; i < 20; i++) await assert.rejects(guard.check('alice', here, broken), /away/);
    assert.equal(await guard.check('alice', here, right), 'proved');
  });

  it('counts an IPv6 network as one address', async () => {
    for (let i = 0; i < 3; i++) await fail('alice', `2001:db8:1:2::${i}`);
    await refuse('alice', '2001:db8:1:2:ffff:ffff:ffff:ffff');
    assert.equal(await guard.check('alice', '2001:db8:1:3::1', right), 'proved');
  });

  it('allows so many registrations an hour from one address', async () => {
    await guard.registration(here);
    await guard.registration(here);
    await assert.rejects(guard.registration(here), refusedWith('rate_limited'));
    await guard.registration(elsewhere);
    mock.timers.tick(3_600_000);
    await guard.registration(here);
  });

  it('allows any number of registrations where there is no limit', async () => {
    const open = new LoginGuard({ ...limits, registrationsPerHourIp: 0 });
    for (let i = 0; i < 100; i++) await open.registration(here);
  });

  it('holds for a window longer than a timer can be', async () => {
    const long = new LoginGuard({ ...limits, loginFailuresPerAccount: 1, loginWindowSeconds: 1_000_000_000 });
    await assert.rejects(long.check('alice', here, wrong), refusedWith('bad_credentials'));
    mock.timers.tick(1_000);
    await assert.rejects(long.check('alice', here, right), refusedWith('rate_limited'));
  });
});
