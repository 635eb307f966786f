import { setTimeout as timer } from 'node:timers/promises';
import type { LogConsumer, LogRecord } from '../log.ts';
import type { Leases, OwnedPartition } from './leases.ts';

/** What the consumer stands on. */
export interface PartitionedSource {
  /** At most `limit` records after n, in order. @throws what cannot be read */
  read(partition: number, after: number, limit: number): Promise<NumberedRecord[]>;
  /** Resolves when the appends that have begun here are durable or refused. */
  settled(): Promise<void>;
}

export interface NumberedRecord {
  /** Of its partition. */
  n: number;
  record: LogRecord;
}

export interface PartitionedOptions {
  maxBatch: number;
  retryMaxMs: number;
  /** How long what was handled may wait for its commit, milliseconds: many batches, one commit. A crash meanwhile brings them again. */
  commitDelayMs: number;
  onFailure?(error: unknown): void;
}

interface Part {
  owned: OwnedPartition;
  records: NumberedRecord[];
}

const RETRY_MIN_MS = 100;

/**
 * The loop between the partitions that this process owns and its handler: one batch at a time, of all of them together, in order within
 * each; committed behind, repeated when it failed. A batch is handed out only while the leases on all that is in it are fresh.
 */
export class PartitionedConsumer implements LogConsumer {
  readonly #source: PartitionedSource;
  readonly #leases: Leases;
  readonly #handler: (batch: LogRecord[]) => Promise<void>;
  readonly #options: PartitionedOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #paused = false;
  #wake = Promise.withResolvers<void>();
  #underWay: Promise<void> | null = null;
  #committing: Promise<void> | null = null;
  #urgent = new AbortController();
  #drains: { targets: [OwnedPartition, number][]; resolve: () => void; reject: (error: Error) => void }[] =
    [];
  /** Partitions of which something could not be read, and until when they are left alone. */
  readonly #unreadable = new Map<OwnedPartition, number>();

  constructor(
    source: PartitionedSource,
    leases: Leases,
    handler: (batch: LogRecord[]) => Promise<void>,
    options: PartitionedOptions,
  ) {
    this.#source = source;
    this.#leases = leases;
    this.#handler = handler;
    this.#options = options;
    this.#loop = this.#run();
  }

  get lag(): number {
    let lag = 0;
    for (const { last, committed } of this.#leases.owned.values()) lag += Math.max(0, last - committed);
    return lag;
  }

  /** There is something new, or something changed. */
  wake(): void {
    this.#wake.resolve();
    this.#resolveDrains();
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await this.#underWay;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  async drained(): Promise<void> {
    await this.#source.settled();
    const targets = [...this.#leases.owned.values()].map((owned): [OwnedPartition, number] => [
      owned,
      owned.last,
    ]);
    const drained = new Promise<void>((resolve, reject) => this.#drains.push({ targets, resolve, reject }));
    this.#resolveDrains();
    this.#urgent.abort();
    await drained;
  }

  /** What was handled is committed as far as it can be. The leases are the caller's. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#urgent.abort();
    this.wake();
    await this.#loop;
    await this.#committing;
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let held: Part[] = [];
    while (!this.#stopped) {
      if (this.#paused || (held.length === 0 && this.#ready().length === 0)) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers<void>();
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#underWay = promise;
      try {
        if (held.length === 0) held = await this.#read();
        await this.#makeSure(held);
        held = held.filter(({ owned }) => this.#leases.isFresh(owned));
        if (held.length > 0) await this.#handle(held);
        held = [];
        failures = 0;
      } catch (error) {
        failures++;
        this.#options.onFailure?.(error);
      }
      this.#underWay = null;
      resolve();
      if (this.#behind().length > 0) this.#committing ??= this.#commit();
      if (failures > 0) await this.#pauseBeforeRetry(failures);
    }
  }

  /** The partitions that have something to be read. */
  #ready(): OwnedPartition[] {
    const now = performance.now();
    return [...this.#leases.owned.values()].filter(
      (owned) =>
        owned.handled < owned.last &&
        this.#leases.isFresh(owned) &&
        (this.#unreadable.get(owned) ?? 0) <= now,
    );
  }

  async #read(): Promise<Part[]> {
    const ready = this.#ready().slice(0, this.#options.maxBatch);
    const limit = Math.ceil(this.#options.maxBatch / ready.length);
    const outcomes = await Promise.allSettled(
      ready.map(({ partition, handled }) => this.#source.read(partition, handled, limit)),
    );
    const parts: Part[] = [];
    for (const [i, outcome] of outcomes.entries()) {
      const owned = ready[i]!;
      if (outcome.status === 'rejected') {
        // It stands still, and says so; the others go on.
        this.#unreadable.set(owned, performance.now() + this.#options.retryMaxMs);
        setTimeout(() => this.wake(), this.#options.retryMaxMs + 1).unref();
        this.#options.onFailure?.(outcome.reason);
        continue;
      }
      this.#unreadable.delete(owned);
      if (outcome.value.length > 0) parts.push({ owned, records: outcome.value });
      // Appended and gone: nothing but the loss of a server's data does that.
      else owned.handled = Math.max(owned.handled, owned.last);
    }
    for (const owned of this.#unreadable.keys())
      if (!this.#leases.isOurs(owned)) this.#unreadable.delete(owned);
    return parts;
  }

  /**
   * Finds out whether this process still owns what it holds: it may have been stopped since it read, and another may have handled all
   * this long ago.
   * @throws {Refused} unavailable: it cannot be found out
   */
  async #makeSure(held: Part[]): Promise<void> {
    const doubtful = held.some(({ owned }) => !owned.leaving && !this.#leases.isFresh(owned));
    if (doubtful) await this.#leases.renew();
  }

  async #handle(parts: Part[]): Promise<void> {
    for (const { owned } of parts) owned.underWay = true;
    try {
      await this.#handler(parts.flatMap(({ records }) => records.map(({ record }) => record)));
      for (const { owned, records } of parts) owned.handled = records.at(-1)!.n;
    } finally {
      for (const { owned } of parts) owned.underWay = false;
    }
  }

  async #commit(): Promise<void> {
    let failures = 0;
    while (this.#behind().length > 0) {
      if (this.#drains.length === 0 && !this.#stopped) {
        this.#urgent = new AbortController();
        await sleep(this.#options.commitDelayMs, this.#urgent.signal);
      }
      try {
        await Promise.all(this.#behind().map((owned) => this.#leases.commit(owned, owned.handled)));
        await this.#leases.letGo();
        failures = 0;
      } catch (error) {
        this.#options.onFailure?.(error);
        // What was handled comes again, to whoever has the partition then.
        if (this.#stopped) break;
        await this.#pauseBeforeRetry(++failures);
      }
      this.#resolveDrains();
    }
    this.#committing = null;
  }

  /** What was handled and is not committed. */
  #behind(): OwnedPartition[] {
    return [...this.#leases.owned.values()].filter(({ handled, committed }) => committed < handled);
  }

  #resolveDrains(): void {
    const isDone = ([owned, n]: [OwnedPartition, number]) =>
      owned.committed >= n || !this.#leases.isOurs(owned);
    const waiting = this.#drains;
    this.#drains = [];
    for (const drain of waiting) {
      if (drain.targets.every(isDone)) drain.resolve();
      else this.#drains.push(drain);
    }
  }

  #pauseBeforeRetry(failures: number): Promise<void> {
    const pause = Math.min(this.#options.retryMaxMs, RETRY_MIN_MS * 2 ** Math.min(failures - 1, 20));
    return sleep(pause, this.#stopping.signal);
  }
}

/** Resolves after `ms` milliseconds, or when the signal says so. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {});
}
