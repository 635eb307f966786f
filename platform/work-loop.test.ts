import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WorkLoop, type WorkLoopParts } from './work-loop.ts';

const HOUR_MS = 3_600_000;

function loopOf(parts: Partial<WorkLoopParts> & Pick<WorkLoopParts, 'round'>): WorkLoop {
  return new WorkLoop({ lookMs: HOUR_MS, retryMs: 1, onFailure: assert.fail, ...parts });
}

describe('a work loop', () => {
  it('goes on at once while there may be more, and rests until it is woken', async () => {
    let left = 3;
    const rested = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let rests = 0;
    const loop = loopOf({
      async round() {
        if (left-- > 0) return 0;
        rested[rests++]?.resolve();
        return HOUR_MS;
      },
    });
    loop.start();
    await rested[0]!.promise;
    assert.equal(left, -1);
    loop.wake();
    await rested[1]!.promise;
    assert.equal(left, -2);
    await loop.stop();
  });

  it('does not sleep over what comes during a round', async () => {
    const again = Promise.withResolvers<void>();
    let rounds = 0;
    const loop = loopOf({
      async round() {
        if (++rounds === 1) loop.wake();
        else again.resolve();
        return HOUR_MS;
      },
    });
    loop.start();
    await again.promise;
    await loop.stop();
  });

  it('looks again when something has ended', async () => {
    const again = Promise.withResolvers<void>();
    let rounds = 0;
    const loop = loopOf({
      async round() {
        if (++rounds === 1) loop.begin(Promise.resolve());
        else again.resolve();
        return HOUR_MS;
      },
    });
    loop.start();
    await again.promise;
    await loop.stop();
  });

  it('tries a round that failed again, and says so', async () => {
    const failures: unknown[] = [];
    const again = Promise.withResolvers<void>();
    let rounds = 0;
    const loop = loopOf({
      async round() {
        if (++rounds === 1) throw new Error('the store does not answer');
        again.resolve();
        return HOUR_MS;
      },
      onFailure: (error) => failures.push(String(error)),
    });
    loop.start();
    await again.promise;
    assert.deepEqual(failures, ['Error: the store does not answer']);
    await loop.stop();
  });

  it('ends when what is under way has ended, and begins nothing more', async () => {
    const begun = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    let rounds = 0;
    const loop = loopOf({
      async round() {
        rounds++;
        loop.begin(work.promise, () => sizes.push(loop.size));
        begun.resolve();
        return HOUR_MS;
      },
    });
    const sizes: number[] = [];
    loop.start();
    await begun.promise;
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    assert.equal(loop.stopping.aborted, true);
    await new Promise(setImmediate);
    assert.deepEqual([stopped, loop.size], [false, 1]);
    work.resolve();
    await stopping;
    assert.deepEqual([rounds, sizes, loop.cutting.aborted], [1, [0], true]);
  });

  it('cuts short what does not end by itself', { timeout: 20_000 }, async () => {
    const loop = loopOf({
      async round() {
        loop.begin(new Promise((resolve) => loop.cutting.addEventListener('abort', () => resolve())));
        begun.resolve();
        return HOUR_MS;
      },
    });
    const begun = Promise.withResolvers<void>();
    loop.start();
    await begun.promise;
    await loop.stop();
    assert.equal(loop.size, 0);
  });
});
