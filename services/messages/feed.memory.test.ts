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
  const feed = new MemoryFeed();
  return { feed, other: feed, keeps: false, dispose: () => feed.close() };
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
      onFailure: (_, event) => event !== null && passed.push(event.seq),
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
