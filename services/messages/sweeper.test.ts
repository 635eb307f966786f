import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { createLogger } from '../../platform/logging.ts';
import { edit, everything, react, says } from './samples.ts';
import { createSweeper, type Sweeper } from './sweeper.ts';
import { temporaryMessages } from './temporary.ts';

describe('the sweeper', () => {
  let messages: Awaited<ReturnType<typeof temporaryMessages>>;
  let now: number;
  let erased: string[];
  let sweeper: Sweeper;
  const clock = { now: () => now };
  const logger = createLogger('silent');
  const onErased = (stream: string, seq: number) => erased.push(`${stream}/${seq}`);

  beforeEach(async () => {
    messages = await temporaryMessages();
    now = 1_000;
    erased = [];
    sweeper = createSweeper({ history: messages.history, clock, logger, seconds: 3_600, onErased });
  });
  afterEach(async () => {
    await sweeper.stop();
    await messages.dispose();
  });

  const found = (stream: string, query: string) =>
    messages.history.search([{ stream, ranges: everything }], query, null, 1_000);
  const left = async (stream: string) => {
    const events = await messages.history.read(stream, 0, 10_000, 1e9);
    return events.filter(({ body }) => !JSON.parse(body).expired).map(({ seq }) => seq);
  };

  it('removes what is due, not a millisecond earlier', async () => {
    const stream = uuidv7();
    await messages.history.append([
      says(stream, 'first', { expires: 2_000 }),
      says(stream, 'second', { expires: 3_000 }),
      says(stream, 'kept'),
    ]);
    now = 1_999;
    await sweeper.sweep();
    assert.deepEqual([await left(stream), erased], [[1, 2, 3], []]);
    now = 2_000;
    await sweeper.sweep();
    assert.deepEqual([await left(stream), erased], [[2, 3], [`${stream}/1`]]);
    now = 1e12;
    await sweeper.sweep();
    await sweeper.sweep();
    assert.deepEqual([await left(stream), erased], [[3], [`${stream}/1`, `${stream}/2`]]);
  });

  it('takes edits, reactions and what it is found by along', async () => {
    const stream = uuidv7();
    await messages.history.append([
      says(stream, 'secret', { expires: 2_000 }),
      edit(stream, 1, 'confidential'),
      react(stream, 1, '👍'),
    ]);
    assert.equal((await found(stream, 'confidential')).length, 1);
    now = 2_000;
    await sweeper.sweep();
    assert.deepEqual(await found(stream, 'confidential'), []);
    assert.deepEqual(await found(stream, 'secret'), []);
    const page = await messages.history.page(stream, everything, {}, 10);
    assert.ok(!JSON.stringify(page).includes('confidential') && !JSON.stringify(page).includes('secret'));
    assert.deepEqual(
      page.map(({ seq, fold }) => [seq, fold]),
      [
        [1, null],
        [2, null],
        [3, null],
      ],
    );
    assert.deepEqual(erased, [`${stream}/1`, `${stream}/2`]);
  });

  it('removes many at once, in batches, and tells of each once', async () => {
    const [stream, other] = [uuidv7(), uuidv7()];
    await messages.history.append(
      Array.from({ length: 1_200 }, (_, i) =>
        says(i % 2 ? stream : other, `word ${i}`, { expires: 2_000 + (i % 7) }),
      ),
    );
    const batches: number[] = [];
    const history = {
      async expire(until: number, limit: number) {
        const removed = await messages.history.expire(until, limit);
        batches.push(removed.length);
        return removed;
      },
    };
    now = 3_000;
    await createSweeper({ history, clock, logger, seconds: 3_600, onErased }).sweep();
    assert.deepEqual(batches, [500, 500, 200]);
    assert.equal(new Set(erased).size, 1_200);
    assert.equal(erased.length, 1_200);
    assert.deepEqual([await left(stream), await left(other)], [[], []]);
    assert.deepEqual(await found(stream, 'word'), []);
  });

  it('removes at the start what came due while it was away', async () => {
    const stream = uuidv7();
    await messages.history.append([says(stream, 'secret', { expires: 2_000 }), says(stream, 'kept')]);
    await messages.reopen();
    now = 5_000;
    const swept = new Promise<void>((resolve) => {
      sweeper = createSweeper({
        history: messages.history,
        clock,
        logger,
        seconds: 3_600,
        onErased: () => resolve(),
      });
    });
    sweeper.start();
    await swept;
    await sweeper.stop();
    assert.deepEqual(await left(stream), [2]);
    assert.deepEqual(await found(stream, 'secret'), []);
    await messages.reopen();
    assert.deepEqual(await left(stream), [2]);
    assert.deepEqual(await found(stream, 'secret'), []);
  });

  it('goes on after a failure, one sweep at a time, and stops after the batch under way', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const calls: (() => void)[] = [];
    let failing = true;
    const batch = Array.from({ length: 500 }, (_, i) => ({ stream: 's', seq: i + 1 }));
    const slow = createSweeper({
      history: {
        async expire() {
          await new Promise<void>((go) => calls.push(go));
          if (failing) throw new Error('the disk is full');
          return batch;
        },
      },
      clock,
      logger,
      seconds: 5,
      onErased,
    });
    const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
    slow.start();
    // Three more times it is time, while the first is under way.
    for (let i = 0; i < 3; i++) t.mock.timers.tick(5_000);
    assert.equal(calls.length, 1);
    calls[0]!();
    await settled();
    assert.equal(calls.length, 1, 'what was held up was not run after it');
    failing = false;
    t.mock.timers.tick(5_000);
    assert.equal(calls.length, 2);
    calls[1]!();
    await settled();
    // There is more, and it is told to stop.
    assert.equal(calls.length, 3);
    const stopped = slow.stop();
    calls[2]!();
    await stopped;
    t.mock.timers.tick(50_000);
    await settled();
    assert.equal(calls.length, 3);
    assert.equal(erased.length, 1_000);
  });
});
