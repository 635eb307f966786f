import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { CoarseTime } from './cache-age.ts';

it('goes forward in steps, until it is stopped', () => {
  let real = 1_000;
  mock.timers.enable({ apis: ['setInterval'] });
  mock.method(performance, 'now', () => real);
  try {
    const time = new CoarseTime();
    real = 1_249.6;
    assert.equal(time.now(), 1_000);
    mock.timers.tick(250);
    assert.equal(time.now(), 1_250);
    time.stop();
    real = 9_000;
    mock.timers.tick(1_000);
    assert.equal(time.now(), 1_250);
  } finally {
    mock.restoreAll();
    mock.timers.reset();
  }
});
