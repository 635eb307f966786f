import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createLogger } from '../../platform/logging.ts';
import { Refused } from '../../protocol/errors.ts';
import { createGrace } from './grace.ts';
import type { PendingEvent } from './store.ts';

const GRACE_MS = 30_000;
type Noted = Omit<PendingEvent, 'after'>;

/** One member in every conversation, who has acknowledged as far as the test says. */
function stage(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const delivered = new Map<string, number>();
  const noted: Noted[] = [];
  const places = new Map<number, 'kept' | 'free'>();
  let now = 0;
  const away = { is: false };
  const refuse = () => {
    if (away.is) throw new Refused('unavailable', 'directory');
  };
  const grace = createGrace({
    store: {
      async noteEvents(events) {
        refuse();
        noted.push(...events);
      },
    },
    conversations: {
      async membersAtPage() {
        refuse();
        return ['member'];
      },
    },
    cursors: {
      receiptsOf: async (stream) => {
        const receipt = { delivered: delivered.get(stream) ?? 0, deliveredAt: null, read: 0, readAt: null };
        return new Map([['member', { user: 'member', ...receipt }]]);
      },
    },
    reach: { any: () => true, among: (users) => new Set(users), changed() {} },
    clock: { now: () => now },
    logger: createLogger('silent'),
    graceMs: GRACE_MS,
    onNoted() {},
  });
  grace.start();
  const settled = async () => {
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  };
  return {
    ...{ grace, delivered, noted, away },
    watch(conversation: string, seq: number): void {
      grace.watch(conversation, seq, {
        keep() {
          places.set(seq, 'kept');
          return () => places.set(seq, 'free');
        },
      });
    },
    /** The seqs that come again after a crash. */
    kept: () => [...places].filter(([, state]) => state === 'kept').map(([seq]) => seq),
    async pass(ms: number) {
      now += ms;
      t.mock.timers.tick(1_000);
      await settled();
    },
  };
}

describe('what is watched', () => {
  it('is kept until it has been looked at, and then written down for whoever has not acknowledged', async (t) => {
    const { watch, delivered, noted, kept, pass } = stage(t);
    watch('a', 1);
    watch('b', 2);
    delivered.set('a', 1);
    await pass(GRACE_MS - 1);
    assert.deepEqual([kept(), noted], [[1, 2], []]);
    await pass(1);
    assert.deepEqual(kept(), []);
    assert.deepEqual(
      noted.map(({ conversation, seq, late, time }) => [conversation, seq, late, time]),
      [['b', 2, true, 0]],
    );
  });

  it('of a conversation is its first and its latest: what is between them is not kept', async (t) => {
    const { watch, noted, kept, pass } = stage(t);
    for (const seq of [1, 2, 3]) watch('a', seq);
    await pass(1_000);
    watch('a', 4);
    assert.deepEqual(kept(), [1, 4]);
    await pass(GRACE_MS - 1_000);
    assert.deepEqual(kept(), [4]);
    await pass(1_000);
    assert.deepEqual(kept(), []);
    assert.deepEqual(
      noted.map(({ seq }) => seq),
      [1, 4],
    );
  });

  it('stays kept while nobody can be asked, however long, and is looked at then', async (t) => {
    const { watch, noted, kept, pass, away } = stage(t);
    watch('a', 1);
    away.is = true;
    await pass(10 * GRACE_MS);
    assert.deepEqual([kept(), noted], [[1], []]);
    away.is = false;
    await pass(0);
    assert.deepEqual([kept(), noted.length], [[], 1]);
  });

  it('is kept anew when it comes again, and what has come to its end or is between is not', async (t) => {
    const { watch, kept, pass } = stage(t);
    watch('a', 1);
    await pass(GRACE_MS);
    for (const seq of [2, 3, 4]) watch('a', seq);
    assert.deepEqual(kept(), [2, 4]);
    // The partition is dealt anew: places of before hold nothing.
    for (const seq of [1, 2, 3, 4]) watch('a', seq);
    assert.deepEqual(kept(), [2, 4]);
    await pass(GRACE_MS);
    await pass(GRACE_MS);
    assert.deepEqual(kept(), []);
  });

  it('is written down at a stop, and what has come meanwhile at the next', async (t) => {
    const { grace, watch, noted, kept } = stage(t);
    watch('a', 1);
    watch('a', 2);
    await grace.stop();
    assert.deepEqual(
      noted.map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual(kept(), []);
    watch('a', 3);
    assert.deepEqual(kept(), [3]);
    await grace.stop();
    assert.deepEqual([kept(), noted.at(-1)!.seq], [[], 3]);
  });

  it('that cannot be written down at a stop comes again', async (t) => {
    const { grace, watch, kept, away } = stage(t);
    watch('a', 1);
    away.is = true;
    await grace.stop();
    assert.deepEqual(kept(), [1]);
  });
});
