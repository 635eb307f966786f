import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createLogger } from '../../platform/logging.ts';
import { LastSeen } from './last-seen.ts';
import type { Device, User } from './store.ts';
import { actorOf, temporaryAccounts } from './temporary.ts';

describe('last seen', () => {
  /** What the store has, by user, and what it was asked to write. */
  let stored: Map<string, number>;
  let batches: { user: string; device: string; at: number }[][];
  let failing: boolean;
  /** Resolves the write under way. */
  let finish: (() => void) | null;
  let lastSeen: LastSeen;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] });
    [stored, batches, failing, finish] = [new Map(), [], false, null];
    lastSeen = new LastSeen(
      {
        user: async (id) => ({ lastSeen: stored.get(id) ?? null }) as User,
        async setLastSeen(entries) {
          batches.push(entries);
          if (finish !== null) await new Promise<void>((resolve) => (finish = resolve));
          if (failing) throw new Error('the store is away');
          for (const { user, at } of entries) stored.set(user, at);
        },
      },
      createLogger('silent'),
    );
  });
  afterEach(async () => {
    await lastSeen.stop();
    mock.timers.reset();
  });
  const alice = { user: 'alice', device: 'phone' };

  it('is known at once and written in one batch', async () => {
    lastSeen.note(alice, 1);
    lastSeen.note({ user: 'alice', device: 'tablet' }, 3);
    lastSeen.note({ user: 'bob', device: 'laptop' }, 2);
    lastSeen.note(alice, 2);
    assert.equal(await lastSeen.ofUser('alice'), 3);
    assert.equal(lastSeen.ofDevice({ id: 'phone', lastSeen: null } as Device), 2);
    assert.deepEqual(batches, []);
    mock.timers.tick(5_000);
    await lastSeen.flush();
    assert.deepEqual(batches, [
      [
        { user: 'alice', device: 'phone', at: 2 },
        { user: 'alice', device: 'tablet', at: 3 },
        { user: 'bob', device: 'laptop', at: 2 },
      ],
    ]);
    assert.equal(await lastSeen.ofUser('alice'), 3);
  });

  it('never goes back', async () => {
    lastSeen.note(alice, 5);
    lastSeen.note(alice, 4);
    assert.equal(await lastSeen.ofUser('alice'), 5);
    stored.set('alice', 9);
    assert.equal(await lastSeen.ofUser('alice'), 9);
    assert.equal(lastSeen.ofDevice({ id: 'phone', lastSeen: 7 } as Device), 7);
  });

  it('is null for who never came', async () => {
    assert.equal(await lastSeen.ofUser('nobody'), null);
    assert.equal(lastSeen.ofDevice({ id: 'new', lastSeen: null } as Device), null);
  });

  it('is known while it is being written', async () => {
    finish = () => {};
    lastSeen.note(alice, 5);
    const flushed = lastSeen.flush();
    await new Promise(setImmediate);
    assert.equal(batches.length, 1);
    assert.equal(await lastSeen.ofUser('alice'), 5);
    assert.equal(lastSeen.ofDevice({ id: 'phone', lastSeen: null } as Device), 5);
    finish();
    await flushed;
    finish = null;
  });

  it('waits for the next batch when it could not be written', async () => {
    failing = true;
    lastSeen.note(alice, 5);
    await lastSeen.flush();
    assert.equal(await lastSeen.ofUser('alice'), 5);
    failing = false;
    await lastSeen.flush();
    assert.equal(stored.get('alice'), 5);
  });

  it('does not grow without bound while the store is away', async () => {
    failing = true;
    for (let i = 0; i < 30_000; i++) lastSeen.note({ user: `user ${i}`, device: `device ${i}` }, i + 1);
    await lastSeen.flush();
    failing = false;
    await lastSeen.flush();
    assert.ok(batches.at(-1)!.length <= 20_000, `${batches.at(-1)!.length} waited`);
  });

  it('is kept over a restart', async () => {
    const t = await temporaryAccounts();
    const actor = actorOf(await t.register('alice'));
    const again = t.make();
    again.seen(actor, 1_234);
    await again.stop();
    assert.equal(await t.accounts.lastSeen(actor.user), 1_234);
    const { devices } = await t.ask(actor, { type: 'devices.list' });
    assert.equal(devices[0].last_seen, 1_234);
    await t.dispose();
  });
});
