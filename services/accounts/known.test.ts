import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pairName } from '../../platform/pair-name.ts';
import { Refused } from '../../protocol/errors.ts';
import { createKnown, ordered } from './known.ts';
import type { AccountStore } from './store.ts';

/** A store of one user with one device, which is asked and may be away. */
function scene(aged: boolean) {
  const state = { away: false, revoked: null as number | null, reads: 0, now: 0 };
  const answer = <T>(value: () => T) => {
    state.reads++;
    return state.away ? Promise.reject(new Refused('unavailable')) : Promise.resolve(value());
  };
  const store = {
    user: (id: string) => answer(() => ({ id })),
    device: () => answer(() => ({ user: 'u', revokedAt: state.revoked })),
    blockedBetween: () => answer(() => false),
    isContact: () => answer(() => true),
  } as unknown as AccountStore;
  const age = { maxAgeMs: 60_000, staleMs: 300_000, now: () => state.now };
  const known = createKnown(store, aged ? age : undefined);
  const ask = async () => {
    await known.users.get('u');
    await known.blocked.get(pairName('u', 'v'));
    await known.contact.get(ordered('u', 'v'));
    return await known.devices.get('d');
  };
  return { state, known, ask };
}

it('asks again for what has come of age, and does without while the store is away, for a while', async () => {
  const { state, ask } = scene(true);
  await ask();
  assert.equal(state.reads, 4);
  state.revoked = 1;
  state.now = 60_000;
  assert.equal((await ask())!.revoked, true);
  assert.equal(state.reads, 8);
  state.away = true;
  state.now = 359_999;
  assert.equal((await ask())!.revoked, true);
  state.now = 360_000;
  await assert.rejects(ask());
});

it('keeps everything for as long as nobody else changes the store', async () => {
  const { state, ask } = scene(false);
  await ask();
  state.now = 1e12;
  await ask();
  assert.equal(state.reads, 4);
});

it('forgets everything at once, and does not do without the store then', async () => {
  const { state, known, ask } = scene(true);
  await ask();
  known.forgetAll();
  await ask();
  assert.equal(state.reads, 8);
  known.forgetAll();
  state.away = true;
  for (const cache of [known.users, known.devices, known.blocked, known.contact])
    await assert.rejects(async () => cache.get(cache === known.blocked ? pairName('u', 'v') : 'u/v'));
});
