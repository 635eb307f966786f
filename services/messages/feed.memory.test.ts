import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import { feedConformance } from './feed.conformance.ts';
import { feedConsumingConformance } from './feed.consuming.conformance.ts';
import { MemoryFeed } from './feed.memory.ts';
import type { StreamedEvent } from './history.ts';

feedConformance('memory', async () => {
  const feed = new MemoryFeed();
  return { feed, other: feed, dispose: () => feed.close() };
});

feedConsumingConformance('memory', async () => {
  const passedOver: [string, string][] = [];
  const feed = new MemoryFeed({
    retryMaxMs: 100,
    onPassedOver: (name, { id }) => passedOver.push([name, id]),
  });
  return { feed, other: feed, keeps: false, passedOver, dispose: () => feed.close() };
});

describe('MemoryFeed consuming', () => {
  const event = (seq: number): StreamedEvent => ({
    stream: '019a0000-0000-7000-8000-000000000001',
    seq,
    type: 'message',
    sender: { user: uuidv7(), device: null },
    id: uuidv7(),
    time: seq,
    body: '{}',
    expires: null,
  });
  const seqs = (events: StreamedEvent[]) => events.map(({ seq }) => seq);

  it('writes when the handler is done: its position is the one of the log', async () => {
    const feed = new MemoryFeed();
    const gate = Promise.withResolvers<void>();
    await feed.consume('one', () => gate.promise);
    let written = false;
    const writing = feed.write({ events: [event(1)] }).then(() => {
      written = true;
    });
    await new Promise(setImmediate);
    assert.equal(written, false);
    gate.resolve();
    await writing;
    // What is no event waits for nobody.
    const never = await feed.consume('two', () => new Promise(() => {}));
    await feed.write({ erased: ['x'] });
    assert.equal(never.lag, 0);
  });

  it('passes over what a mistake of the handler cannot take, and nothing else', async () => {
    const passed: number[] = [];
    const feed = new MemoryFeed({
      mostFailures: 2,
      retryMaxMs: 1,
      onPassedOver: (_, { seq }) => passed.push(seq),
    });
    const handled: number[] = [];
    await feed.consume('one', async (events) => {
      if (events.some(({ seq }) => seq === 2)) throw new TypeError('a mistake');
      handled.push(...seqs(events));
    });
    await feed.write({ events: [event(1), event(2), event(3)] });
    assert.deepEqual(handled, [1, 3]);
    assert.deepEqual(passed, [2]);
  });

  it('passes nothing over while storage is away, however often', async () => {
    const feed = new MemoryFeed({ mostFailures: 2, retryMaxMs: 1 });
    const handled: number[] = [];
    let failures = 0;
    await feed.consume('one', async (events) => {
      if (failures++ < 20) throw new Refused('storage_full');
      handled.push(...seqs(events));
    });
    await feed.write({ events: [event(1), event(2)] });
    assert.deepEqual(handled, [1, 2]);
  });

  it('brings what may have been kept by a former process once, as such, behind nothing that is new, and only to who keeps', async () => {
    let reads = 0;
    const feed = new MemoryFeed({
      retryMaxMs: 1,
      recent: async function* (ms) {
        assert.equal(ms, 5_000);
        yield [event(1), event(2)];
        if (++reads === 1) throw new Refused('unavailable');
        yield [event(3)];
      },
    });
    const gotten: [boolean, number[]][] = [];
    const done = Promise.withResolvers<void>();
    const keeping = await feed.consume(
      'one',
      async (events, { again }) => {
        gotten.push([again, seqs(events)]);
        if (gotten.some(([, some]) => some.includes(3))) done.resolve();
      },
      { keepsMs: 5_000 },
    );
    const others: boolean[] = [];
    await feed.consume('two', async (_, { again }) => void others.push(again));
    await feed.write({ events: [event(4)] });
    await done.promise;
    assert.deepEqual(
      gotten.filter(([again]) => again).flatMap(([, some]) => some),
      [1, 2, 1, 2, 3],
    );
    assert.deepEqual(
      gotten.filter(([again]) => !again),
      [[false, [4]]],
    );
    assert.deepEqual(others, [false]);
    await keeping.stop();
    assert.equal(keeping.lag, 0);
  });

  it('refuses a write whose handler was stopped while it failed, for the log to bring it again', async () => {
    const feed = new MemoryFeed({ retryMaxMs: 60_000 });
    const failed = Promise.withResolvers<void>();
    const consuming = await feed.consume('one', async () => {
      failed.resolve();
      throw new Refused('unavailable');
    });
    const writing = feed.write({ events: [event(1)] });
    await failed.promise;
    await consuming.stop();
    await assert.rejects(writing, (error: Refused) => error.refusal.code === 'unavailable');
  });
});
