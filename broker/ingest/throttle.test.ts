import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import { fakeConnection } from '../fixtures/connection.ts';
import { CommandRate } from './command-rate.ts';
import { Throttle } from './throttle.ts';

const clock = { now: () => Date.now() };

function throttle(perSecond: number, burst: number): Throttle {
  const users = new TokenBuckets(0, 1, clock);
  const limits = { commandsPerSecondDevice: perSecond, commandBurstDevice: burst };
  return new Throttle(new CommandRate(limits, clock, users, users), clock);
}

describe('a device that is too fast', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());

  it('goes on at once up to the burst, then at the rate, in order', () => {
    const device = fakeConnection();
    const went: number[] = [];
    const held = throttle(10, 3);
    for (let n = 0; n < 6; n++) held.take(device, (refused) => went.push(refused === 0 ? n : -1));
    assert.deepEqual(went, [0, 1, 2]);
    mock.timers.tick(99);
    assert.deepEqual(went, [0, 1, 2]);
    mock.timers.tick(1);
    assert.deepEqual(went, [0, 1, 2, 3]);
    mock.timers.tick(100);
    mock.timers.tick(100);
    assert.deepEqual(went, [0, 1, 2, 3, 4, 5]);
  });

  it('is refused what has no turn within a second, and is told when to try again', () => {
    const device = fakeConnection();
    const went: boolean[] = [];
    const held = throttle(2, 1);
    for (let n = 0; n < 6; n++)
      held.take(device, (refused) => {
        assert.ok(refused === 0 || (refused > 0 && refused <= 500), String(refused));
        went.push(refused === 0);
      });
    mock.timers.tick(500);
    assert.deepEqual(went, [true, true]);
    mock.timers.tick(500);
    assert.deepEqual(went, [true, true, true, false, false, false]);
  });

  it('delays nobody else', () => {
    const held = throttle(1, 1);
    const [fast, other] = [fakeConnection(), fakeConnection()];
    let went = false;
    for (let n = 0; n < 3; n++) held.take(fast, () => {});
    held.take(other, () => {
      went = true;
    });
    assert.equal(went, true);
  });

  it('is forgotten when it is gone: what was not acknowledged it sends again', () => {
    const held = throttle(1, 1);
    const device = fakeConnection();
    let went = 0;
    for (let n = 0; n < 3; n++) held.take(device, () => went++);
    device.close();
    mock.timers.tick(5_000);
    assert.equal(went, 1);
  });
});
