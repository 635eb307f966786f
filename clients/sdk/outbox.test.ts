import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { refusal } from '../../protocol/errors.ts';
import { Outbox } from './outbox.ts';
import { MemoryStorage, type Storage } from './storage.ts';

/** Lets everything that is under way and needs no time come to rest. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

type Fate =
  /** Arrives, is acknowledged, and its event comes. */
  | 'fine'
  /** Arrives and is acknowledged; its event comes with the next connection only. */
  | 'event later'
  /** Arrives; the connection goes before the PUBACK. */
  | 'no PUBACK'
  /** The connection goes before it arrives. */
  | 'never arrives';

/** A server and the connection to it: makes one event of each id, in the order in which they first arrive. */
class FakeServer {
  readonly events: string[] = [];
  arrivals = 0;
  #up = false;
  #late: string[] = [];
  fates: Fate[] = [];
  outbox!: Outbox;

  readonly publish = async (text: string): Promise<void> => {
    if (!this.#up) throw new Error('offline');
    const fate = this.fates.shift() ?? 'fine';
    if (fate === 'never arrives') return this.#drop();
    this.arrivals++;
    if (!this.events.includes(text)) this.events.push(text);
    if (fate === 'no PUBACK') return this.#drop();
    if (fate === 'event later') this.#late.push(text);
    else setImmediate(() => this.outbox.settle(text));
  };

  connect(): void {
    this.#up = true;
    this.outbox.online();
    for (const id of this.#late.splice(0)) this.outbox.settle(id);
  }

  #drop(): never {
    this.#up = false;
    this.outbox.offline();
    throw new Error('the connection went away');
  }
}

async function open(storage: Storage, server: FakeServer): Promise<Outbox> {
  const outbox = new Outbox(storage, 'me', server.publish);
  server.outbox = outbox;
  await outbox.load();
  return outbox;
}

describe('the outbox', () => {
  it('sends everything once, in the order of making, over lost connections and restarts', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('make' as const) },
      { weight: 2, arbitrary: fc.constant('connect' as const) },
      { weight: 1, arbitrary: fc.constant('lose' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
      { weight: 2, arbitrary: fc.constant('wait' as const) },
    );
    const fate = fc.constantFrom<Fate>('fine', 'fine', 'fine', 'event later', 'no PUBACK', 'never arrives');
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(fate, { maxLength: 60 }),
        async (steps, fates) => {
          const storage = new MemoryStorage();
          const server = new FakeServer();
          server.fates = [...fates];
          let outbox = await open(storage, server);
          const made: string[] = [];
          for (const what of steps) {
            if (what === 'make') {
              const id = `m${made.length}`;
              made.push(id);
              await outbox.add(id, id, () => {});
            }
            if (what === 'connect') server.connect();
            if (what === 'lose') outbox.offline();
            if (what === 'restart') {
              outbox.offline();
              outbox = await open(storage, server);
            }
            if (what === 'wait') await settled();
          }
          // In the end the connection stays.
          server.fates = [];
          for (let i = 0; i < 4; i++) {
            await settled();
            server.connect();
            await settled();
          }
          assert.deepEqual(server.events, made);
          assert.deepEqual(outbox.pending, []);
          assert.deepEqual(await storage.list(''), [], 'nothing is left to be sent again');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps the order of making where commands are made without waiting for each other', async () => {
    const storage = new MemoryStorage();
    const slow: Storage = {
      get: (key) => storage.get(key),
      list: (prefix) => storage.list(prefix),
      close: () => storage.close(),
      // The first takes longest.
      async write(entries) {
        for (let i = entries[0]![0].endsWith('m0') ? 20 : 1; i > 0; i--) await settled();
        await storage.write(entries);
      },
    };
    const server = new FakeServer();
    const outbox = await open(slow, server);
    server.connect();
    await Promise.all(['m0', 'm1', 'm2'].map((id) => outbox.add(id, id, () => {})));
    await settled();
    assert.deepEqual(server.events, ['m0', 'm1', 'm2']);
  });

  it('keeps the order of making over a restart even where ids do not follow it', async () => {
    const storage = new MemoryStorage();
    const first = await open(storage, new FakeServer());
    await first.add('zzz', 'zzz', () => {});
    await first.add('mmm', 'mmm', () => {});
    const server = new FakeServer();
    const second = await open(storage, server);
    await second.add('aaa', 'aaa', () => {});
    server.connect();
    await settled();
    assert.deepEqual(server.events, ['zzz', 'mmm', 'aaa']);
  });

  it('has what was made before it was loaded once, and after what was stored', async () => {
    const storage = new MemoryStorage();
    await (await open(storage, new FakeServer())).add('old', 'old', () => {});
    const server = new FakeServer();
    const outbox = new Outbox(storage, 'me', server.publish);
    server.outbox = outbox;
    let accepted = 0;
    await outbox.add('new', 'new', () => accepted++);
    await outbox.load();
    await outbox.load();
    assert.equal(outbox.pending.length, 2);
    server.connect();
    await settled();
    assert.deepEqual(server.events, ['old', 'new']);
    assert.equal(server.arrivals, 2);
    assert.equal(accepted, 1);
  });

  it('says that it was accepted once, at the PUBACK, also when its event comes first', async () => {
    for (const eventFirst of [true, false]) {
      let release!: () => void;
      const outbox = new Outbox(
        new MemoryStorage(),
        'me',
        () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
      );
      let accepted = 0;
      outbox.online();
      await outbox.add('m', 'm', () => accepted++);
      await settled();
      assert.equal(accepted, 0);
      if (eventFirst) outbox.settle('m');
      release();
      await settled();
      assert.equal(accepted, 1);
      outbox.settle('m');
      assert.equal(accepted, 1);
    }
  });

  it('sends again what was acknowledged and of which nothing was heard, with the next connection', async () => {
    const server = new FakeServer();
    server.fates = ['event later'];
    const outbox = await open(new MemoryStorage(), server);
    server.connect();
    await outbox.add('m', 'm', () => {});
    await settled();
    assert.deepEqual(outbox.pending, [], 'acknowledged');
    outbox.offline();
    outbox.online();
    await settled();
    assert.equal(server.arrivals, 2);
    assert.deepEqual(server.events, ['m']);
  });

  describe('with a server that refuses', () => {
    /** Refuses the first `busy` arrivals for the time being: before the PUBACK, or behind it. */
    async function refusing(
      when: 'before' | 'after',
      busy: number,
      code: 'rate_limited' | 'internal' = 'rate_limited',
    ) {
      const accepted: string[] = [];
      const retried: boolean[] = [];
      let arrivals = 0;
      let most = 0;
      let flying = 0;
      const outbox: Outbox = new Outbox(new MemoryStorage(), 'me', async (text) => {
        most = Math.max(most, ++flying);
        const refuse = ++arrivals <= busy;
        const tell = () => {
          if (refuse) retried.push(outbox.refuse(text, refusal(code, undefined, 0)));
          else {
            accepted.push(text);
            outbox.settle(text);
          }
        };
        if (when === 'before') tell();
        await settled();
        flying--;
        if (when === 'after') setImmediate(tell);
      });
      return { outbox, accepted, retried, most: () => most, reset: () => (most = 0) };
    }

    for (const when of ['before', 'after'] as const) {
      it(`for the time being, ${when} the PUBACK: sends it again, and loses nothing`, async () => {
        const { outbox, accepted, retried } = await refusing(when, 3);
        outbox.online();
        const ids = ['a', 'b', 'c', 'd', 'e'];
        for (const id of ids) await outbox.add(id, id, () => {});
        for (let i = 0; i < 500 && accepted.length < ids.length; i++)
          await new Promise((resolve) => setTimeout(resolve, 2));
        assert.deepEqual([...accepted].sort(), ids);
        assert.deepEqual(retried, [true, true, true]);
        assert.deepEqual(outbox.pending, []);
      });
    }

    it('sends one by one after a refusal, until everything is through', async () => {
      const { outbox, accepted, most, reset } = await refusing('before', 1);
      const ids = Array.from({ length: 60 }, (_, i) => `m${String(i).padStart(2, '0')}`);
      for (const id of ids) await outbox.add(id, id, () => {});
      outbox.online();
      await settled();
      await settled();
      reset();
      for (let i = 0; i < 1_000 && accepted.length < ids.length; i++)
        await new Promise((resolve) => setTimeout(resolve, 2));
      assert.equal(most(), 1);
      assert.deepEqual([...accepted].sort(), ids);
      // Those that were on their way when the first was refused were ahead of it; behind them the order is that of making.
      const behind = accepted.filter((id) => id >= 'm20');
      assert.deepEqual(behind, ids.slice(20));
    });

    it('for good: forgets it, and says so', async () => {
      const storage = new MemoryStorage();
      const outbox = new Outbox(storage, 'me', async () => {});
      await outbox.add('m', 'm', () => {});
      assert.equal(outbox.refuse('m', refusal('blocked')), false);
      assert.deepEqual(outbox.pending, []);
      assert.deepEqual(await storage.list(''), []);
      outbox.online();
      await settled();
      assert.equal(outbox.refuse('m', refusal('rate_limited')), false, 'not one of its own');
    });

    it('by a mistake of its own that does not go away: gives up', async () => {
      const { outbox, retried } = await refusing('before', 10, 'internal');
      outbox.online();
      await outbox.add('m', 'm', () => {});
      for (let i = 0; i < 500 && outbox.pending.length > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 2));
      assert.deepEqual(retried, [true, true, false]);
    });
  });

  it('rejects and keeps nothing when the storage does not take it, and goes on with the next', async () => {
    const storage = new MemoryStorage();
    const { write } = storage;
    let full = true;
    storage.write = async (entries) => {
      if (full) throw new Error('disk full');
      await write.call(storage, entries);
    };
    const server = new FakeServer();
    const outbox = await open(storage, server);
    server.connect();
    await assert.rejects(
      outbox.add('a', 'a', () => {}),
      /disk full/,
    );
    full = false;
    await outbox.add('b', 'b', () => {});
    await settled();
    assert.deepEqual(server.events, ['b']);
  });

  it('is not stopped by a storage that cannot forget', async () => {
    const storage = new MemoryStorage();
    const server = new FakeServer();
    const outbox = await open(storage, server);
    await outbox.add('a', 'a', () => {});
    storage.write = async () => {
      throw new Error('disk full');
    };
    server.connect();
    await settled();
    await settled();
    assert.deepEqual(outbox.pending, []);
  });

  it('keeps the commands of two users apart', async () => {
    const storage = new MemoryStorage();
    const [mine, yours] = [
      new Outbox(storage, 'me', async () => {}),
      new Outbox(storage, 'you', async () => {}),
    ];
    await mine.add('m', 'm', () => {});
    await yours.load();
    assert.deepEqual(yours.pending, []);
  });
});
