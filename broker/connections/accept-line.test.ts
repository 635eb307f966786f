import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { AcceptLine } from './accept-line.ts';

function stage(perSecond: number) {
  const served: number[] = [];
  const counts = { refused: 0, waiting: 0 };
  const line = new AcceptLine({
    perSecond,
    clock: { now: () => Date.now() },
    onRefused: () => counts.refused++,
    onWaiting: (count) => {
      counts.waiting = count;
    },
  });
  let number = 0;
  const come = () => {
    const stream = new PassThrough();
    const me = ++number;
    const taken = line.take(stream, () => served.push(me));
    return { stream, taken };
  };
  return { line, served, counts, come };
}

describe('connections that come all at once', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'] }));
  afterEach(() => mock.timers.reset());

  it('are served at a rate, in the order they came', () => {
    const { served, counts, come } = stage(10);
    for (let n = 0; n < 25; n++) assert.equal(come().taken, true);
    assert.equal(served.length, 10);
    assert.equal(counts.waiting, 15);
    mock.timers.tick(500);
    assert.equal(served.length, 15);
    mock.timers.tick(1_000);
    assert.deepEqual(
      served,
      Array.from({ length: 25 }, (_, n) => n + 1),
    );
    assert.equal(counts.waiting, 0);
  });

  it('are closed when the line is full', () => {
    const { line, served, counts, come } = stage(10);
    for (let n = 0; n < 30; n++) come();
    const late = come();
    assert.deepEqual([late.taken, late.stream.destroyed, counts.refused], [false, true, 1]);
    assert.deepEqual([served.length, line.length], [10, 20]);
  });

  it('do not overtake those who wait', () => {
    const { served, come } = stage(2);
    for (let n = 0; n < 4; n++) come();
    mock.timers.setTime(Date.now() + 10_000);
    come();
    assert.deepEqual(served, [1, 2]);
    mock.timers.tick(50);
    assert.deepEqual(served, [1, 2, 3, 4]);
  });

  it('take nobody’s turn when they are gone', async () => {
    const { line, served, counts, come } = stage(1);
    const [, second] = [come(), come()];
    const third = come();
    const listeners = new PassThrough().listenerCount('close');
    second.stream.destroy();
    await once(second.stream, 'close');
    assert.deepEqual([line.length, counts.waiting], [1, 1]);
    mock.timers.tick(1_000);
    assert.deepEqual(served, [1, 3]);
    assert.equal(third.stream.listenerCount('close'), listeners);
  });

  it('are closed with the line', () => {
    const { line, served, come } = stage(1);
    const [, waiting] = [come(), come()];
    line.close();
    mock.timers.tick(5_000);
    assert.deepEqual([served, waiting.stream.destroyed, line.length], [[1], true, 0]);
  });

  it('are all served without a limit', () => {
    const { served, come } = stage(0);
    for (let n = 0; n < 5_000; n++) come();
    assert.equal(served.length, 5_000);
  });
});
