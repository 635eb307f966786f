import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnyEvent } from '../../protocol/events.ts';
import { Positions } from './positions.ts';
import { MemoryStorage, type Storage } from './storage.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

const event = (seq: number, stream = 's') => ({ conversation: stream, seq, type: 'message' }) as AnyEvent;

/** A stream on a server, read as `messages.list` reads it. */
class FakeHistory {
  head: number;
  /** What may be read, and is not hidden. */
  readable: (seq: number) => boolean = () => true;
  /** True: this fetch fails. */
  fails: () => boolean = () => false;
  /** What was asked for: after, before. */
  readonly asked: [number, number][] = [];

  get fetches(): number {
    return this.asked.length;
  }

  constructor(head: number) {
    this.head = head;
  }

  readonly fetch = async (stream: string, after: number, before: number): Promise<AnyEvent[]> => {
    this.asked.push([after, before]);
    await settled();
    if (this.fails()) throw new Error('offline');
    const events: AnyEvent[] = [];
    for (let seq = after + 1; seq < before && seq <= this.head; seq++)
      if (this.readable(seq)) events.push(event(seq, stream));
    return events;
  };
}

async function open(history: FakeHistory, storage: Storage = new MemoryStorage()) {
  const delivered: number[] = [];
  let dead = false;
  const check = () => {
    if (dead) throw new Error('the process is gone');
  };
  const kept: Storage = {
    get: (key) => storage.get(key),
    list: (prefix) => storage.list(prefix),
    close: async () => {},
    async write(entries) {
      check();
      await storage.write(entries);
    },
  };
  const fetch: FakeHistory['fetch'] = async (...asked) => {
    const events = await history.fetch(...asked);
    check();
    return events;
  };
  const positions = new Positions(kept, 'me', fetch, ({ seq }) => delivered.push(seq));
  await positions.load();
  /** As `kill -9` between two turns of the event loop: nothing of it happens any more. */
  const kill = () => {
    dead = true;
  };
  return { positions, delivered, storage, kill };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('positions', () => {
  it('deliver each event once, ascending, without gaps, whatever comes in whatever order, with fetches that fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 80 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.infiniteStream(fc.boolean()),
        async (arrivals, failures, pauses) => {
          const history = new FakeHistory(30);
          history.fails = () => failures.shift() ?? false;
          const { positions, delivered } = await open(history);
          await positions.take(event(1));
          for (const seq of arrivals) {
            // As MQTT.js hands packets over: one is done before the next comes.
            await positions.take(event(seq));
            if (pauses.next().value) await settled();
          }
          // Connections come and go, and in the end one stays.
          for (let i = 0; i < 3; i++) {
            await settled();
            await positions.resume();
            await positions.catchUp('s', 30);
          }
          history.fails = () => false;
          await settled();
          await settled();
          await positions.resume();
          await positions.catchUp('s', 30);
          assert.deepEqual(delivered, range(1, 30));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('deliver each event once also over restarts, from where they had got', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant('restart' as const)), {
          maxLength: 60,
        }),
        async (steps) => {
          const history = new FakeHistory(20);
          const storage = new MemoryStorage();
          let current = await open(history, storage);
          const all: number[] = [];
          await current.positions.take(event(1));
          for (const step of steps) {
            if (step === 'restart') {
              await settled();
              current.kill();
              all.push(...current.delivered);
              current = await open(history, storage);
            } else await current.positions.take(event(step));
          }
          await settled();
          await settled();
          await current.positions.resume();
          await current.positions.catchUp('s', 20);
          all.push(...current.delivered);
          assert.deepEqual(all, range(1, 20));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('begin a stream with the first event that is seen of it', async () => {
    const history = new FakeHistory(50);
    const { positions, delivered } = await open(history);
    await positions.take(event(40));
    await positions.take(event(41));
    await positions.take(event(12));
    assert.deepEqual(delivered, [40, 41]);
    assert.equal(history.fetches, 0);
  });

  it('do not catch up with a stream of which nothing was ever seen', async () => {
    const history = new FakeHistory(50);
    const { positions, delivered } = await open(history);
    await positions.catchUp('s', 50);
    assert.deepEqual(delivered, []);
    assert.equal(history.fetches, 0);
  });

  it('go over what may not be read, and ask for it once', async () => {
    const history = new FakeHistory(20);
    history.readable = (seq) => seq < 4 || seq > 15;
    const { positions, delivered } = await open(history);
    await positions.take(event(1));
    await positions.take(event(18));
    await positions.take(event(19));
    await settled();
    await settled();
    assert.deepEqual(delivered, [1, 2, 3, 16, 17, 18, 19]);
    await positions.take(event(20));
    assert.deepEqual(delivered.at(-1), 20);
    assert.equal(history.fetches, 1);
  });

  it('order what came early where nothing can be fetched, as in one’s own streams', async () => {
    const history = new FakeHistory(0);
    const { positions, delivered } = await open(history);
    await positions.take(event(1));
    await positions.take(event(9));
    await positions.take(event(5));
    await settled();
    await settled();
    assert.deepEqual(delivered, [1, 5, 9]);
  });

  it('do not ask again and again for a head that is hidden', async () => {
    const history = new FakeHistory(9);
    history.readable = (seq) => seq < 6;
    const { positions, delivered } = await open(history);
    await positions.take(event(5));
    await positions.catchUp('s', 9);
    await positions.catchUp('s', 9);
    assert.deepEqual(delivered, [5]);
    assert.equal(history.fetches, 1);
    await positions.take(event(10));
    assert.deepEqual(delivered, [5, 10]);
  });

  it('fill a gap within what waits for another gap', async () => {
    const history = new FakeHistory(30);
    const { positions, delivered } = await open(history);
    await positions.take(event(1));
    await positions.take(event(5));
    await positions.take(event(9));
    await positions.take(event(3));
    for (let i = 0; i < 4; i++) await settled();
    assert.deepEqual(delivered, range(1, 9));
  });

  it('keep streams apart', async () => {
    const history = new FakeHistory(10);
    const storage = new MemoryStorage();
    const seen: string[] = [];
    const positions = new Positions(storage, 'me', history.fetch, (e) =>
      seen.push(`${e.conversation}${e.seq}`),
    );
    await positions.take(event(1, 'a'));
    await positions.take(event(7, 'b'));
    await positions.take(event(3, 'a'));
    await positions.take(event(8, 'b'));
    await settled();
    await settled();
    assert.deepEqual(seen, ['a1', 'b7', 'b8', 'a2', 'a3']);
  });

  it('do not lose an event whose position could not be kept', async () => {
    const storage = new MemoryStorage();
    const { positions, delivered } = await open(new FakeHistory(5), storage);
    await positions.take(event(1));
    const { write } = storage;
    storage.write = async () => {
      throw new Error('disk full');
    };
    await assert.rejects(positions.take(event(2)), /disk full/, 'no PUBACK');
    storage.write = write;
    await positions.take(event(2));
    await positions.take(event(3));
    assert.deepEqual(delivered, [1, 2, 3]);
    // Without its PUBACK the server sends it again: after a restart it is there again rather than not at all.
    const again = await open(new FakeHistory(5), storage);
    await again.positions.take(event(3));
    await again.positions.take(event(4));
    assert.deepEqual(again.delivered, [4]);
  });

  it('hand an event out before they say that they have it', async () => {
    const storage = new MemoryStorage();
    const order: string[] = [];
    const { write } = storage;
    storage.write = async (entries) => {
      order.push('position');
      await write.call(storage, entries);
    };
    const positions = new Positions(storage, 'me', new FakeHistory(1).fetch, () => order.push('event'));
    await positions.take(event(1));
    assert.deepEqual(order, ['event', 'position']);
  });

  it('hold no more than a bounded number of events before a gap that cannot be filled, and get the rest with it', async () => {
    const history = new FakeHistory(3_000);
    history.fails = () => true;
    const { positions, delivered } = await open(history);
    await positions.take(event(1));
    for (let seq = 3; seq <= 2_500; seq++) await positions.take(event(seq));
    assert.deepEqual(delivered, [1]);
    await settled();
    history.fails = () => false;
    await positions.resume();
    await positions.catchUp('s', 3_000);
    assert.deepEqual(delivered, range(1, 3_000));
    assert.deepEqual(history.asked.at(-1), [1_002, 3_001], 'what was not held was fetched');
  });
});
