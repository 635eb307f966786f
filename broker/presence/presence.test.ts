import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createLogger } from '../../platform/logging.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { type FakeConnection, fakeConnection, payloads, settled } from '../fixtures/connection.ts';
import { OnlineInMemory } from './online-users.memory.ts';
import { Presence } from './presence.ts';

const GRACE_MS = 2_000;
const SEEN = 1_234;

function stage() {
  const connected = new Set<string>();
  const permissions = new Map<string, { presence: boolean; lastSeen: boolean }>();
  let changed: (user: string) => void = () => {};
  const questions: (() => void)[] = [];
  let slow = false;
  let seen: number | null = SEEN;
  let now = SEEN;
  const metrics = createMetrics();
  metrics.stop();
  const presence = new Presence({
    visibility: {
      async mayObserve(viewer, user) {
        const answer = permissions.get(`${viewer}/${user}`) ?? { presence: false, lastSeen: false };
        if (slow) await new Promise<void>((resolve) => questions.push(resolve));
        return answer;
      },
      onChange(listener) {
        changed = listener;
        return () => {
          changed = () => {};
        };
      },
    },
    lastSeen: async () => seen,
    online: new OnlineInMemory().node(),
    isConnected: (user) => connected.has(user),
    graceSeconds: GRACE_MS / 1_000,
    clock: { now: () => now },
    metrics,
    logger: createLogger('silent'),
  });
  return {
    presence,
    metrics,
    questions,
    /** What is known of it, and what time it is. */
    time(known: number | null, at: number) {
      seen = known;
      now = at;
    },
    slowDown: () => {
      slow = true;
    },
    allow(viewer: FakeConnection, user: string, sees = true, lastSeen = true) {
      permissions.set(`${viewer.actor.user}/${user}`, { presence: sees, lastSeen });
    },
    change: (user: string) => changed(user),
    come(user: string) {
      connected.add(user);
      presence.came(user);
    },
    go(user: string) {
      connected.delete(user);
      presence.left(user);
    },
  };
}

const BOB = '01890000-0000-7000-8000-000000000001';
const state = (online: boolean, seen?: number) => ({
  v: 1,
  type: 'presence',
  user: BOB,
  online,
  ...(seen === undefined ? {} : { last_seen: seen }),
});

describe('presence', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('is told as retained to who asks, then as it changes, once however many devices there are', async () => {
    const s = stage();
    const alice = fakeConnection();
    s.allow(alice, BOB);
    s.presence.watch(alice, BOB, true);
    await settled();
    assert.deepEqual(payloads(alice), [state(false, SEEN)]);
    assert.equal(alice.packets[0]!.retain, true);
    s.come(BOB);
    s.come(BOB);
    await settled();
    assert.deepEqual(payloads(alice).slice(1), [state(true)]);
    assert.equal(alice.packets[1]!.retain, false);
    assert.equal((await s.metrics.users_online.get()).values[0]!.value, 1);
  });

  it('lasts a moment longer than the last connection, and through one that is back by then', async () => {
    const s = stage();
    const alice = fakeConnection();
    s.allow(alice, BOB);
    s.come(BOB);
    s.presence.watch(alice, BOB, true);
    await settled();
    s.go(BOB);
    mock.timers.tick(GRACE_MS - 1);
    s.come(BOB);
    mock.timers.tick(GRACE_MS);
    await settled();
    assert.deepEqual(payloads(alice), [state(true)]);
    assert.equal(s.presence.online(BOB), true);
    s.go(BOB);
    mock.timers.tick(GRACE_MS);
    await settled();
    assert.equal(s.presence.online(BOB), false);
    assert.deepEqual(payloads(alice).slice(1), [state(false, SEEN)]);
    assert.equal((await s.metrics.users_online.get()).values[0]!.value, 0);
  });

  it('says when it ended also of somebody of whom nothing newer is written down yet', async () => {
    for (const known of [null, SEEN, 99_000]) {
      const s = stage();
      const alice = fakeConnection();
      s.allow(alice, BOB);
      s.come(BOB);
      s.presence.watch(alice, BOB, true);
      await settled();
      s.go(BOB);
      s.time(known, 100_000);
      mock.timers.tick(GRACE_MS);
      await settled();
      assert.deepEqual(payloads(alice).at(-1), state(false, known === 99_000 ? 99_000 : 100_000 - GRACE_MS));
    }
  });

  it('shows when somebody was seen last only to those who may know', async () => {
    const s = stage();
    const [all, part] = [fakeConnection(), fakeConnection()];
    s.allow(all, BOB);
    s.allow(part, BOB, true, false);
    s.come(BOB);
    for (const viewer of [all, part]) s.presence.watch(viewer, BOB, true);
    await settled();
    s.go(BOB);
    mock.timers.tick(GRACE_MS);
    await settled();
    assert.deepEqual(payloads(all).at(-1), state(false, SEEN));
    assert.deepEqual(payloads(part).at(-1), state(false));
    const late = fakeConnection();
    s.allow(late, BOB, true, false);
    s.presence.watch(late, BOB, true);
    await settled();
    assert.deepEqual(payloads(late), [state(false)]);
  });

  it('is told to nobody who may not see it, and to who loses the permission once: offline', async () => {
    const s = stage();
    const [alice, mallory] = [fakeConnection(), fakeConnection()];
    s.allow(alice, BOB);
    s.come(BOB);
    for (const viewer of [alice, mallory]) s.presence.watch(viewer, BOB, true);
    await settled();
    s.allow(alice, BOB, false);
    s.change(BOB);
    s.change(BOB);
    await settled();
    s.go(BOB);
    mock.timers.tick(GRACE_MS);
    await settled();
    s.come(BOB);
    assert.deepEqual(payloads(alice), [state(true), state(false)]);
    assert.deepEqual(mallory.packets, []);
    s.allow(alice, BOB);
    s.change(BOB);
    await settled();
    assert.deepEqual(payloads(alice).at(-1), state(true));
  });

  it('an older answer about a permission does not undo a newer one', async () => {
    const s = stage();
    const alice = fakeConnection();
    s.allow(alice, BOB);
    s.come(BOB);
    s.presence.watch(alice, BOB, true);
    await settled();
    s.slowDown();
    s.change(BOB);
    s.allow(alice, BOB, false);
    s.change(BOB);
    await settled();
    s.questions[1]!();
    await settled();
    s.questions[0]!();
    await settled();
    assert.deepEqual(payloads(alice), [state(true), state(false)]);
  });

  it('shows oneself to oneself', async () => {
    const s = stage();
    const alice = fakeConnection();
    s.come(alice.actor.user);
    s.presence.watch(alice, alice.actor.user, true);
    await settled();
    assert.equal((payloads(alice)[0] as { online: boolean }).online, true);
  });

  it('is not told to who has unsubscribed or gone, and waits for nobody who does not read', async () => {
    const s = stage();
    const viewers = Array.from({ length: 4 }, () => fakeConnection());
    const [unsubscribed, gone, stuck, other] = viewers as [
      FakeConnection,
      FakeConnection,
      FakeConnection,
      FakeConnection,
    ];
    for (const viewer of viewers) {
      s.allow(viewer, BOB);
      s.presence.watch(viewer, BOB, true);
    }
    await settled();
    s.presence.unwatch(unsubscribed, BOB);
    s.presence.forget(gone);
    stuck.stall();
    s.come(BOB);
    for (const silent of [unsubscribed, gone, stuck])
      assert.equal(silent.packets.filter(({ cmd }) => cmd === 'publish').length, 1);
    assert.deepEqual(payloads(other).at(-1), state(true));
  });

  it('tells nobody anything after it was stopped', async () => {
    const s = stage();
    const alice = fakeConnection();
    s.allow(alice, BOB);
    s.come(BOB);
    s.presence.watch(alice, BOB, true);
    await settled();
    s.go(BOB);
    s.presence.stop();
    mock.timers.tick(GRACE_MS);
    s.allow(alice, BOB, false);
    s.change(BOB);
    await settled();
    assert.deepEqual(payloads(alice), [state(true)]);
  });
});
