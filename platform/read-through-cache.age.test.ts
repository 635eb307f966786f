import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refused } from '../protocol/errors.ts';
import { ReadThroughCache } from './read-through-cache.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const unavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';

/** A cache of a source that others change, at a time that the test decides. */
function scene() {
  const source = {
    value: 'first' as string | null,
    /** What it throws instead. */
    failure: null as Error | null,
    reads: 0,
    /** Answers wait for the test. */
    held: null as (() => void)[] | null,
  };
  const time = { now: 0 };
  const age = { maxAgeMs: 60_000, staleMs: 300_000, now: () => time.now };
  const cache = new ReadThroughCache<string>(
    10,
    async () => {
      source.reads++;
      const { value, failure } = source;
      if (source.held !== null) await new Promise<void>((go) => source.held!.push(go));
      if (failure !== null) throw failure;
      return value;
    },
    { age },
  );
  return { source, time, cache };
}
const away = () => new Refused('unavailable', 'directory', 1_000);

describe('a cache of what others change', () => {
  it('gives a young entry at once and does not ask', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    time.now = 29_999;
    assert.equal(cache.get('k'), 'first');
    assert.equal(cache.peek('k'), 'first');
    assert.equal(source.reads, 1);
  });

  it('asks early in the background for what is in use, once', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    source.value = 'second';
    time.now = 31_000;
    assert.equal(cache.get('k'), 'first');
    assert.equal(cache.get('k'), 'first');
    assert.equal(source.reads, 2);
    await settled();
    assert.equal(cache.get('k'), 'second');
    time.now = 60_999;
    assert.equal(cache.get('k'), 'second');
    assert.equal(source.reads, 2);
  });

  it('gives an old entry only after asking', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    source.value = 'second';
    time.now = 60_000;
    assert.equal(cache.peek('k'), null);
    assert.equal(await cache.get('k'), 'second');
    assert.equal(cache.get('k'), 'second');
  });

  it('counts the age from the question, not from the answer', async () => {
    const { source, time, cache } = scene();
    source.held = [];
    const asked = cache.get('k');
    time.now = 40_000;
    source.held[0]!();
    assert.equal(await asked, 'first');
    time.now = 60_000;
    assert.equal(cache.peek('k'), null);
  });

  it('drops an old entry that is gone from the source', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    source.value = null;
    time.now = 60_000;
    assert.equal(await cache.get('k'), null);
    assert.equal(cache.size, 0);
  });

  for (const code of ['unavailable', 'overloaded'] as const)
    it(`gives an old entry for a while when the source is ${code}, and then its refusal`, async () => {
      const { source, time, cache } = scene();
      await cache.get('k');
      source.failure = new Refused(code);
      time.now = 60_000;
      assert.equal(await cache.get('k'), 'first');
      time.now = 299_999;
      assert.equal(await cache.get('k'), 'first');
      time.now = 300_000;
      await assert.rejects(async () => cache.get('k'), source.failure);
      assert.equal(cache.size, 0);
    });

  it('passes on a failure that is not of the server', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    source.failure = new Error('a mistake');
    time.now = 60_000;
    await assert.rejects(async () => cache.get('k'), /a mistake/);
  });

  it('has nobody wait for a source that is known to be away, and finds out when it is back', async () => {
    const { source, time, cache } = scene();
    for (const key of ['a', 'b', 'c']) await cache.get(key);
    source.failure = away();
    time.now = 60_000;
    await cache.get('a');
    source.held = [];
    for (const key of ['a', 'b', 'c', 'a']) assert.equal(cache.get(key), 'first');
    assert.equal(source.reads, 4, 'was asked although it failed this moment');
    time.now = 61_000;
    for (const key of ['a', 'b', 'c', 'a']) assert.equal(cache.get(key), 'first');
    assert.equal(source.reads, 5, 'more than one asked whether it is back');
    source.held[0]!();
    await settled();
    source.held = null;
    source.failure = null;
    source.value = 'second';
    time.now = 70_000;
    assert.equal(cache.get('b'), 'first');
    await settled();
    assert.equal(cache.get('b'), 'second');
    assert.equal(await cache.get('c'), 'second');
  });

  it('never gives what was forgotten while the source was away', async () => {
    const { source, cache } = scene();
    await cache.get('k');
    source.failure = away();
    cache.forget('k');
    await assert.rejects(async () => cache.get('k'), unavailable);
    await assert.rejects(async () => cache.get('k'), unavailable);
  });

  it('never gives what was forgotten while it was being asked for again', async () => {
    const { source, time, cache } = scene();
    await cache.get('k');
    source.failure = away();
    source.held = [];
    time.now = 60_000;
    const asked = cache.get('k');
    cache.forget('k');
    source.held[0]!();
    await assert.rejects(async () => asked, unavailable);
  });

  it('forgets everything, also what is under way', async () => {
    const { source, cache } = scene();
    await cache.get('kept');
    source.held = [];
    const asked = cache.get('under way');
    cache.forgetAll();
    assert.equal(cache.size, 0);
    source.value = 'second';
    source.held[0]!();
    source.held = null;
    assert.equal(await asked, 'second');
    assert.equal(await cache.get('kept'), 'second');
  });
});
