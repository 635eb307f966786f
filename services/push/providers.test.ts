import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProviders, type Entry } from './providers.ts';
import type { RouteTarget } from './sender.ts';

const fcm: RouteTarget = { kind: 'fcm', token: 'x' };
const endpoint = (host: string): RouteTarget => ({
  kind: 'webhook',
  endpoint: `https://${host}/a`,
  secret: 's',
});

function stage(change: object = {}) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const settings = {
    atOncePerProvider: 2,
    perSecondPerProvider: 0,
    breakerFailures: 3,
    breakerMs: 1_000,
    ...change,
  };
  return { clock, providers: createProviders({ settings, clock, random: () => 0 }) };
}
function inside(entry: Entry) {
  assert.ok(entry.ok, JSON.stringify(entry));
  return entry;
}

describe('vendors', () => {
  it('get so many at once; some wait for their turn, the others come again', async () => {
    const { providers, clock } = stage();
    const [first, second] = [inside(await providers.enter(fcm)), inside(await providers.enter(fcm))];
    const third = providers.enter(fcm);
    assert.deepEqual(await providers.enter(fcm), { ok: false, at: clock.now() + 1_000, broken: false });
    inside(await providers.enter(endpoint('a.example.org'))).leave('accepted');
    first.leave('accepted');
    const taken = inside(await third);
    taken.leave('accepted');
    second.leave('accepted');
    const again = [inside(await providers.enter(fcm)), inside(await providers.enter(fcm))];
    assert.equal(again.length, 2);
  });

  it('are left alone when they only fail, each host for itself; one goes ahead and sees', async () => {
    const { providers, clock } = stage();
    const bad = endpoint('bad.example.org');
    const fail = async () => inside(await providers.enter(bad)).leave('retry');
    for (let i = 0; i < 3; i++) await fail();
    assert.deepEqual(await providers.enter(bad), { ok: false, at: clock.now() + 1_000, broken: true });
    inside(await providers.enter(endpoint('good.example.org'))).leave('accepted');
    clock.time += 1_000;
    const probe = inside(await providers.enter(bad));
    const other = await providers.enter(bad);
    assert.ok(!other.ok && other.broken);
    probe.leave('unknown');
    // It still fails: twice as long.
    assert.deepEqual(await providers.enter(bad), { ok: false, at: clock.now() + 2_000, broken: true });
    clock.time += 2_000;
    inside(await providers.enter(bad)).leave('accepted');
    for (let i = 0; i < 2; i++) await fail();
    inside(await providers.enter(bad)).leave('rejected');
    for (let i = 0; i < 2; i++) await fail();
    inside(await providers.enter(bad)).leave('accepted');
  });

  it('let nobody in who waited while they broke', async () => {
    const { providers } = stage({ atOncePerProvider: 1, breakerFailures: 1 });
    const first = inside(await providers.enter(fcm));
    const waiting = providers.enter(fcm);
    first.leave('retry');
    const entry = await waiting;
    assert.ok(!entry.ok && entry.broken);
  });

  it('get so many a second', async () => {
    const { providers, clock } = stage({ atOncePerProvider: 100, perSecondPerProvider: 5 });
    for (let i = 0; i < 5; i++) inside(await providers.enter(fcm)).leave('accepted');
    const entry = await providers.enter(fcm);
    assert.ok(!entry.ok && !entry.broken && entry.at > clock.now() && entry.at <= clock.now() + 200);
    clock.time += 200;
    inside(await providers.enter(fcm)).leave('accepted');
  });
});
