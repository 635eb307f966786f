import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Refusal, Refused } from '../protocol/errors.ts';
import { Engine } from './engine.ts';

class Broken extends Error {}

function engine(limits: { deadlineMs?: number; most?: number } = {}) {
  const changes: boolean[] = [];
  const calls: string[] = [];
  const made = new Engine({
    name: 'history',
    deadlineMs: 1_000,
    most: 10,
    ...limits,
    isTrouble: (error) => error instanceof Broken,
    onChange: (up) => changes.push(up),
    onCall: (_, result) => calls.push(result),
  });
  return { engine: made, changes, calls };
}

/** Why the call was refused. */
async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Refused, String(error));
  return error.refusal;
}

const never = () => new Promise<never>(() => {});

describe('an engine', () => {
  it('makes trouble one code, with a hint when to try again, and knows when it is over', async () => {
    const { engine: history, changes, calls } = engine();
    const error = await refusalOf(
      history.run(async () => {
        throw new Broken();
      }),
    );
    assert.equal(error.code, 'unavailable');
    assert.equal(error.detail, 'history');
    assert.ok(error.retry_after_ms! >= 500 && error.retry_after_ms! <= 1_500);
    assert.equal(history.up, false);
    assert.equal(await history.run(async () => 'back'), 'back');
    assert.equal(history.up, true);
    assert.deepEqual(changes, [false, true]);
    assert.deepEqual(calls, ['trouble', 'ok']);
  });

  it('gives a call up after its deadline', async () => {
    const { engine: history } = engine({ deadlineMs: 5 });
    assert.equal((await refusalOf(history.run(never))).code, 'unavailable');
    assert.equal(history.up, false);
  });

  it('counts what was given up until it ends, and refuses more than it may have under way', async () => {
    const { engine: history } = engine({ deadlineMs: 5, most: 2 });
    const late = Promise.withResolvers<void>();
    await Promise.all([
      refusalOf(history.run(() => late.promise)),
      refusalOf(history.run(() => late.promise)),
    ]);
    assert.equal((await refusalOf(history.run(async () => {}))).code, 'overloaded');
    late.resolve();
    await new Promise(setImmediate);
    assert.equal(history.underWay, 0);
    await history.run(async () => {});
  });

  it('passes on what is no trouble, and stays up', async () => {
    const { engine: history } = engine();
    await assert.rejects(
      history.run(async () => {
        throw new TypeError('a mistake');
      }),
      TypeError,
    );
    assert.equal(history.up, true);
  });
});
