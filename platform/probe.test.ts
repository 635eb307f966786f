import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Refused } from '../protocol/errors.ts';
import { isAway, Probe } from './probe.ts';

it('lets everybody ask until there is trouble, and then one a second until there is an answer', () => {
  let now = 5_000;
  const probe = new Probe(() => now);
  const ask = (ms: number) => {
    now += ms;
    return probe.mayAsk();
  };
  assert.deepEqual([ask(0), ask(0), probe.away], [true, true, false]);
  probe.failed();
  assert.deepEqual([ask(0), ask(999), probe.away], [false, false, true]);
  assert.deepEqual([ask(1), ask(0), ask(999), ask(1)], [true, false, false, true]);
  probe.answered();
  assert.deepEqual([ask(0), ask(0), probe.away], [true, true, false]);
});

it('knows what says that a server does not answer now', () => {
  assert.ok(isAway(new Refused('unavailable')));
  assert.ok(isAway(new Refused('overloaded')));
  assert.ok(!isAway(new Refused('forbidden')));
  assert.ok(!isAway(new Error('unavailable')));
});
