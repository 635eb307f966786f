import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { Change } from '../../protocol/commands.ts';
import type { Actor } from '../actor.ts';
import type { CommandLog, LogConsumer, LogEntry, LogHandler, LogRecord } from './log.ts';
import { LOG_ORDER } from './log-order.ts';

export interface LogUnderTest {
  log: CommandLog;
  /** Closes the log and opens it again on the same data. */
  reopen(): Promise<CommandLog>;
  /** Releases everything, the stored data too. */
  dispose(): Promise<void>;
}

export function entry(text = 'hi', acceptedAt = 1_000): LogEntry {
  return entryOf({ user: uuidv7(), device: uuidv7() }, uuidv7(), text, acceptedAt);
}

function entryOf(actor: Actor, conversation: string, text = 'hi', acceptedAt = 1_000): LogEntry {
  const command: Change = {
    v: 1,
    id: uuidv7(),
    type: 'message.send',
    to: { conversation },
    content: { type: 'text', text },
  };
  return { actor, acceptedAt, command, text: JSON.stringify(command) };
}

/** A handler that keeps what it gets, and can wait for it. */
class Sink {
  records: LogRecord[] = [];
  batches: number[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  readonly handle = async (batch: LogRecord[]): Promise<void> => {
    this.records.push(...batch);
    this.batches.push(batch.length);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => this.records.length < count || resolve());
  };

  async atLeast(count: number): Promise<void> {
    if (this.records.length < count)
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  get ids(): string[] {
    return this.records.map((record) => record.command.id);
  }
}

/** A handler that cannot finish some entries, nor what has to stay behind them, until it is told that it can. */
class Stuck extends Sink {
  readonly #stuck: Set<string>;
  readonly #again = Promise.withResolvers<void>();
  /** Everything that was handed out, each time. */
  readonly handed: string[] = [];

  constructor(stuck: LogEntry[]) {
    super();
    this.#stuck = new Set(stuck.map(({ command }) => command.id));
  }

  readonly finishSome: LogHandler = async (batch) => {
    this.handed.push(...batch.map(({ command }) => command.id));
    const held = new Set<string>();
    const left = batch.filter((record) => {
      const keys = LOG_ORDER.keysOf(record);
      if (!this.#stuck.has(record.command.id) && !keys.some((key) => held.has(key))) return false;
      for (const key of keys) held.add(key);
      return true;
    });
    await this.handle(batch.filter((record) => !left.includes(record)));
    if (left.length > 0) return { records: left, again: this.#again.promise };
  };

  finishAll(): void {
    this.#stuck.clear();
    this.#again.resolve();
  }
}

/**
 * What every adapter of the port CommandLog promises. `open` gives an empty one that retries a failed batch within a
 * second at first.
 */
export function logConformance(adapter: string, open: () => Promise<LogUnderTest>): void {
  describe(`CommandLog conformance: ${adapter}`, () => {
    let under: LogUnderTest;
    let log: CommandLog;
    let consumer: LogConsumer | undefined;
    beforeEach(async () => {
      under = await open();
      log = under.log;
      consumer = undefined;
    });
    afterEach(async () => {
      await consumer?.stop();
      await under.dispose();
    });

    const appendAll = async (entries: LogEntry[]) => Promise.all(entries.map((one) => log.append(one)));
    const sample = (count: number) => Array.from({ length: count }, (_, i) => entry(`m${i}`, i));
    const ids = (entries: LogEntry[]) => entries.map((one) => one.command.id);

    it('hands out what was appended, whole, in the order of growing positions', async () => {
      const sink = new Sink();
      consumer = await log.consume(sink.handle);
      const entries = sample(50);
      const positions = await appendAll(entries);
      await consumer.drained();
      assert.deepEqual(
        sink.records,
        entries.map((one, i) => ({ ...one, position: positions[i] })),
      );
      for (const [i, position] of positions.entries()) assert.ok(i === 0 || position > positions[i - 1]!);
      assert.equal(consumer.lag, 0);
    });

    it('hands out what was appended before there was a consumer', async () => {
      const entries = sample(5);
      await appendAll(entries);
      const sink = new Sink();
      consumer = await log.consume(sink.handle);
      await consumer.drained();
      assert.deepEqual(sink.ids, ids(entries));
    });

    it('keeps the order when a lot is appended while batches are handled', async () => {
      const sink = new Sink();
      consumer = await log.consume(async (batch) => {
        await new Promise(setImmediate);
        await sink.handle(batch);
      });
      const positions: number[] = [];
      for (let round = 0; round < 30; round++) positions.push(...(await appendAll(sample(100))));
      await consumer.drained();
      assert.deepEqual(
        sink.records.map((record) => record.position),
        positions,
      );
    });

    it('never has two batches under way', async () => {
      let underWay = 0;
      consumer = await log.consume(async () => {
        assert.equal(++underWay, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        underWay--;
      });
      for (let i = 0; i < 20; i++) await log.append(entry());
      await consumer.drained();
    });

    it('brings the same batch again when the handler throws, and only then goes on', async () => {
      const sink = new Sink();
      const tries: string[][] = [];
      consumer = await log.consume(async (batch) => {
        tries.push(batch.map((record) => record.command.id));
        if (tries.length <= 2) throw new Error('not now');
        await sink.handle(batch);
      });
      const first = entry();
      await log.append(first);
      const later = sample(3);
      await appendAll(later);
      await consumer.drained();
      assert.deepEqual(tries[1], tries[0]);
      assert.deepEqual(tries[2], tries[0]);
      assert.deepEqual(sink.ids, ids([first, ...later]));
    });

    it('commits nothing of a batch whose handler throws', async () => {
      const attempted = Promise.withResolvers<void>();
      const failing = await log.consume(async () => {
        attempted.resolve();
        throw new Error('never');
      });
      const entries = sample(3);
      await appendAll(entries);
      await attempted.promise;
      assert.equal(failing.lag, 3);
      await failing.stop();
      log = await under.reopen();
      const sink = new Sink();
      consumer = await log.consume(sink.handle);
      await consumer.drained();
      assert.deepEqual(sink.ids, ids(entries));
    });

    it('goes on behind the committed position after a restart, with growing positions', async () => {
      const sink = new Sink();
      let first = await log.consume(sink.handle);
      const handled = sample(4);
      const positions = await appendAll(handled);
      await first.drained();
      await first.stop();
      const left = sample(3);
      positions.push(...(await appendAll(left)));
      log = await under.reopen();
      first = await log.consume(sink.handle);
      await first.drained();
      await first.stop();
      log = await under.reopen();
      consumer = await log.consume(sink.handle);
      const last = entry();
      positions.push(await log.append(last));
      await consumer.drained();
      assert.deepEqual(sink.ids, ids([...handled, ...left, last]));
      assert.deepEqual(
        positions,
        positions.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(positions).size, positions.length);
    });

    it('sets aside what cannot be finished, goes on with the rest, and brings it again in its order', async () => {
      const [first, second] = [entry(), entry()];
      const { conversation } = (first.command as { to: { conversation: string } }).to;
      const ofItsStream = entryOf(second.actor, conversation);
      const ofItsDevice = entryOf(first.actor, uuidv7());
      const behindThat = entryOf(second.actor, uuidv7());
      const held = [first, ofItsStream, ofItsDevice, behindThat];
      const sink = new Stuck([first]);
      consumer = await log.consume(sink.finishSome);
      await log.append(first);
      await log.append(second);
      await sink.atLeast(1);
      await appendAll(held.slice(1));
      const others = sample(30);
      await appendAll(others);
      await sink.atLeast(1 + others.length);
      assert.deepEqual(sink.ids, ids([second, ...others]));
      assert.equal(consumer.waiting, held.length);
      // Everything from the first of them on is still to be committed.
      assert.equal(consumer.lag, held.length + 1 + others.length);
      sink.finishAll();
      await consumer.drained();
      assert.deepEqual(sink.ids, ids([second, ...others, ...held]));
      assert.deepEqual([consumer.waiting, consumer.lag], [0, 0]);
    });

    it('commits nothing from the first entry on that is not finished', async () => {
      const before = entry();
      const stuck = entry();
      const behind = sample(3);
      const sink = new Stuck([stuck]);
      const stopped = await log.consume(sink.finishSome);
      await log.append(before);
      await stopped.drained();
      await appendAll([stuck, ...behind]);
      await sink.atLeast(1 + behind.length);
      await stopped.stop();
      log = await under.reopen();
      const later = new Sink();
      consumer = await log.consume(later.handle);
      await consumer.drained();
      assert.deepEqual(later.ids, ids([stuck, ...behind]));
    });

    it('tries again what was set aside as often as it has to, and only what has not been finished', async () => {
      const stuck = sample(3);
      const tries: string[][] = [];
      consumer = await log.consume(async (batch) => {
        tries.push(batch.map(({ command }) => command.id));
        const left = batch.slice(1);
        if (left.length > 0) return { records: left, again: Promise.resolve() };
      });
      await consumer.pause();
      await appendAll(stuck);
      consumer.resume();
      await consumer.drained();
      const [a, b, c] = ids(stuck);
      assert.deepEqual(tries, [[a, b, c], [b, c], [c]]);
    });

    it('stands still when too much is set aside, and goes on from there', async () => {
      const stuck = entry();
      const { conversation } = (stuck.command as { to: { conversation: string } }).to;
      const sink = new Stuck([stuck]);
      consumer = await log.consume(sink.finishSome);
      const held = [stuck, ...Array.from({ length: 1_200 }, () => entryOf(stuck.actor, conversation))];
      for (let i = 0; i < held.length; i += 100) {
        await appendAll(held.slice(i, i + 100));
        // So that it comes in batches.
        await new Promise(setImmediate);
      }
      while (consumer.waiting < 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
      const others = sample(50);
      await appendAll(others);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual(sink.ids, []);
      sink.finishAll();
      await consumer.drained();
      assert.equal(new Set(sink.ids).size, held.length + others.length);
      assert.equal(sink.records.length, held.length + others.length);
      const order = new Set(ids(held));
      assert.deepEqual(
        sink.ids.filter((id) => order.has(id)),
        ids(held),
      );
      assert.equal(consumer.lag, 0);
    });

    it('holds the handler back while paused', async () => {
      const gate = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const sink = new Sink();
      consumer = await log.consume(async (batch) => {
        entered.resolve();
        await gate.promise;
        await sink.handle(batch);
      });
      await log.append(entry());
      await entered.promise;
      let paused = false;
      const pausing = consumer.pause().then(() => {
        paused = true;
      });
      await new Promise(setImmediate);
      assert.equal(paused, false, 'a batch is under way');
      gate.resolve();
      await pausing;
      assert.equal(sink.records.length, 1);
      await appendAll(sample(5));
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(sink.records.length, 1);
      assert.ok(consumer.lag >= 5);
      consumer.resume();
      await consumer.drained();
      assert.equal(sink.records.length, 6);
    });

    it('is drained at once when there is nothing to do', async () => {
      consumer = await log.consume(async () => assert.fail('nothing was appended'));
      await consumer.drained();
      assert.equal(consumer.lag, 0);
    });

    it('waits with drained for appends that are still under way', async () => {
      const sink = new Sink();
      consumer = await log.consume(sink.handle);
      const appends = appendAll(sample(10));
      await consumer.drained();
      assert.equal(sink.records.length, 10);
      await appends;
    });

    it('hands nothing out after stop', async () => {
      const sink = new Sink();
      const stopped = await log.consume(sink.handle);
      await log.append(entry());
      await sink.atLeast(1);
      await stopped.stop();
      await appendAll(sample(3));
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(sink.records.length, 1);
    });
  });
}
