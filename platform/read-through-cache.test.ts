import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReadThroughCache } from './read-through-cache.ts';

describe('a read-through cache', () => {
  it('asks the source once, also when several ask at the same time', async () => {
    const asked: string[] = [];
    const cache = new ReadThroughCache<string>(10, async (key) => {
      asked.push(key);
      return `value of ${key}`;
    });
    assert.deepEqual(await Promise.all([cache.get('a'), cache.get('a')]), ['value of a', 'value of a']);
    assert.equal(cache.get('a'), 'value of a');
    assert.deepEqual(asked, ['a']);
  });

  it('keeps no more than allowed, and forgets what was not used for longest', async () => {
    const asked: string[] = [];
    const cache = new ReadThroughCache<string>(2, async (key) => {
      asked.push(key);
      return key;
    });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(key);
    assert.deepEqual(asked, ['a', 'b', 'c', 'b']);
    assert.equal(cache.size, 2);
  });

  it('does not keep what is not there', async () => {
    let value: string | null = null;
    const cache = new ReadThroughCache<string>(10, async () => value);
    assert.equal(await cache.get('a'), null);
    value = 'here';
    assert.equal(await cache.get('a'), 'here');
  });

  it('never answers with what was read before it was told to forget', async () => {
    const answers: ((value: string) => void)[] = [];
    const cache = new ReadThroughCache<string>(10, () => new Promise((resolve) => answers.push(resolve)));
    const early = cache.get('a');
    cache.forget('a');
    const late = cache.get('a');
    answers[0]!('old');
    answers[1]!('new');
    assert.deepEqual(await Promise.all([early, late]), ['new', 'new']);
    assert.equal(cache.get('a'), 'new');
  });

  it('asks again after the source failed', async () => {
    let failing = true;
    const cache = new ReadThroughCache<string>(10, async () => {
      if (failing) throw new Error('down');
      return 'up';
    });
    await assert.rejects(async () => cache.get('a'), /down/);
    failing = false;
    assert.equal(await cache.get('a'), 'up');
  });
});
