import { setTimeout as timer } from 'node:timers/promises';
import { Fetcher } from '../../../platform/kafka/fetcher.ts';
import type { Kafka, Topic } from '../../../platform/kafka/kafka.ts';
import { Membership } from '../../../platform/kafka/membership.ts';
import { within } from '../../../platform/within.ts';
import type { LogConsumer, LogRecord } from '../log.ts';
import { partitionOf } from './log-records.ts';
import { type Batch, OwnedPartitions } from './owned-partitions.ts';

export interface KafkaConsumerOptions {
  maxBatch: number;
  /** A killed process's partitions go to others after this, milliseconds. */
  sessionTimeoutMs: number;
  retryMaxMs: number;
  /** How long a handled batch may wait for its commit, milliseconds. A crash meanwhile means the batch comes again. */
  commitDelayMs: number;
  /** Told each time a batch could not be read, handled or committed, and will be tried again. */
  onFailure?: (error: unknown) => void;
  /** These partitions are ours from now on and were not before: others may have handled records of them. */
  onAssigned?: (partitions: number[]) => void;
  /** These are not ours any more: what is remembered of their streams may become old. */
  onLost?: (partitions: number[]) => void;
}

const RETRY_MIN_MS = 100;
/** How often the ends of partitions are asked for while nothing is fetched, so that the lag stays known. */
const LOOK_MS = 5_000;

interface Drain {
  ends: Map<number, bigint>;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Consumes the partitions of the log that the group gives to this process: one batch at a time, committed behind, repeated when it failed,
 * abandoned when its partitions may be somebody else's.
 */
export class KafkaLogConsumer implements LogConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #settled: () => Promise<void>;
  readonly #onStopped: () => void;
  readonly #handler: (batch: LogRecord[]) => Promise<void>;
  readonly #membership: Membership;
  readonly #fetcher: Fetcher;
  readonly #owned: OwnedPartitions;
  readonly #stopping = new AbortController();
  /** Grows each time the partitions are dealt, or lost. */
  #dealt = 0;
  /** What was ours before the partitions were taken back to be dealt. */
  #held: number[] = [];
  /** Whether the positions of what is ours are known. */
  #ready = false;
  #revoking = false;
  #paused = false;
  #underWay: Promise<void> | null = null;
  #committing: Promise<void> | null = null;
  #urgent = new AbortController();
  #drains: Drain[] = [];
  #wake = Promise.withResolvers<void>();
  #readied = Promise.withResolvers<void>();
  readonly #loop: Promise<void>;
  readonly #looking: NodeJS.Timeout;

  constructor(
    kafka: Kafka,
    topic: Topic,
    settled: () => Promise<void>,
    handler: (batch: LogRecord[]) => Promise<void>,
    options: KafkaConsumerOptions,
    onStopped: () => void,
  ) {
    this.#options = options;
    this.#onStopped = onStopped;
    this.#settled = settled;
    this.#handler = handler;
    const group = `${kafka.prefix}-messages`;
    this.#owned = new OwnedPartitions((error) => this.#failed(error));
    this.#fetcher = new Fetcher(kafka, topic, group, {
      wanted: () => (this.#ready ? this.#owned.wanted() : []),
      got: (fetched) => {
        this.#owned.got(fetched);
        this.#awake();
      },
      outOfRange: (partition, from) => void this.#outOfRange(partition, from),
      onFailure: (error) => this.#failed(error),
    });
    this.#membership = new Membership(kafka, topic, group, {
      sessionTimeoutMs: options.sessionTimeoutMs,
      onRevoking: (forMs) => this.#finish(forMs),
      onLost: () => this.#lose(),
      onAssigned: (partitions, continued) => void this.#assigned(partitions, continued),
      onFresh: () => this.#awake(),
      onFailure: (error) => this.#failed(error),
    });
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    this.#looking.unref();
    this.#loop = this.#run();
    this.#membership.start();
  }

  get lag(): number {
    return this.#owned.lag;
  }

  /** The partitions that are ours for certain, now. */
  get partitions(): number[] {
    return this.#membership.certainForMs > 0 ? this.#owned.partitions : [];
  }

  /** When an answer of Kafka came last, by `performance.now()`; null: never yet. */
  get lastFetch(): number | null {
    return this.#fetcher.lastFetch;
  }

  /**
   * Whether the record is ours to handle for certain, still: to be asked again before something is written, as this process may have been
   * stopped for a while.
   */
  owns({ position }: Pick<LogRecord, 'position'>): boolean {
    return this.#membership.certainForMs > 0 && this.#owned.has(partitionOf(position));
  }

  /** There are records up to `end`, not included. */
  reaches(partition: number, end: bigint): void {
    this.#owned.reaches(partition, end);
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await this.#underWay;
  }

  resume(): void {
    this.#paused = false;
    this.#awake();
  }

  async drained(): Promise<void> {
    await this.#settled();
    for (let failures = 0; ; failures++) {
      this.#refuseWhenStopped();
      await this.#readied.promise;
      this.#refuseWhenStopped();
      try {
        const ends = await this.#fetcher.offsets('end', this.#owned.partitions);
        if (this.#ready && this.#owned.reached(ends)) return;
        this.#urgent.abort();
        return await new Promise((resolve, reject) => this.#drains.push({ ends, resolve, reject }));
      } catch (error) {
        this.#refuseWhenStopped();
        this.#failed(error);
        await this.#pauseBeforeRetry(failures + 1);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#urgent.abort();
    clearInterval(this.#looking);
    this.#awake();
    this.#readied.resolve();
    await this.#loop;
    await this.#committing;
    await Promise.all([this.#membership.stop(), this.#fetcher.stop()]);
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
    this.#onStopped();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let failed: (Batch & { dealt: number }) | null = null;
    while (!this.#stopped) {
      // What has been dealt anew comes again from the committed position, to whoever owns it now.
      if (failed?.dealt !== this.#dealt) {
        failed = null;
        failures = 0;
      }
      const batch: (Batch & { dealt: number }) | null = failed ?? this.#next();
      if (batch === null || !this.#mayHandOut()) {
        failed = batch;
        await this.#waitForMore();
        continue;
      }
      if (failed === null) this.#fetcher.wake();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#underWay = promise;
      try {
        await this.#handler(batch.records);
        failures = 0;
        failed = null;
        this.#handled(batch);
      } catch (error) {
        failures++;
        failed = batch;
        this.#failed(error);
      }
      this.#underWay = null;
      resolve();
      if (failures > 0) await this.#pauseBeforeRetry(failures);
    }
  }

  #mayHandOut(): boolean {
    return this.#ready && !this.#paused && !this.#revoking && this.#membership.certainForMs > 0;
  }

  #next(): (Batch & { dealt: number }) | null {
    if (!this.#mayHandOut()) return null;
    const batch = this.#owned.take(this.#options.maxBatch);
    return batch === null ? null : { ...batch, dealt: this.#dealt };
  }

  async #waitForMore(): Promise<void> {
    const rest = this.#owned.restMs;
    if (rest === null) await this.#wake.promise;
    else await within(this.#wake.promise, rest);
    this.#wake = Promise.withResolvers<void>();
  }

  #handled({ ends, dealt }: Batch & { dealt: number }): void {
    // It came to its end when it was too late: whoever owns the partitions handles it again, with the same effect.
    if (dealt !== this.#dealt || this.#membership.certainForMs === 0) return;
    this.#owned.handled(ends);
    this.#committing ??= this.#commitBehind();
  }

  async #commitBehind(): Promise<void> {
    let failures = 0;
    for (;;) {
      if (this.#drains.length === 0 && !this.#stopped) {
        this.#urgent = new AbortController();
        await sleep(this.#options.commitDelayMs, this.#urgent.signal);
      }
      if (this.#owned.uncommitted.size === 0) break;
      try {
        await this.#commit();
        failures = 0;
      } catch (error) {
        this.#failed(error);
        if (this.#stopped) break;
        await this.#pauseBeforeRetry(++failures);
      }
    }
    this.#committing = null;
  }

  async #commit(): Promise<void> {
    const dealt = this.#dealt;
    const offsets = this.#owned.uncommitted;
    if (offsets.size === 0) return;
    await this.#membership.commit(offsets);
    if (dealt === this.#dealt) this.#owned.committed(offsets);
    this.#checkDrains();
  }

  #checkDrains(): void {
    if (!this.#ready) return;
    const done = this.#drains.filter(({ ends }) => this.#owned.reached(ends));
    this.#drains = this.#drains.filter((drain) => !done.includes(drain));
    for (const { resolve } of done) resolve();
  }

  /** The batch under way is brought to its end, and committed, if that is possible in time. */
  async #finish(forMs: number): Promise<void> {
    this.#revoking = true;
    if (this.#underWay !== null && !(await within(this.#underWay, forMs))) return;
    await this.#commit().catch((error) => this.#failed(error));
  }

  #lose(): void {
    this.#forget();
    const lost = this.#held;
    this.#held = [];
    if (lost.length > 0) this.#options.onLost?.(lost);
  }

  #forget(): void {
    this.#dealt++;
    if (this.#ready) this.#readied = Promise.withResolvers<void>();
    this.#ready = false;
    this.#owned.clear();
  }

  async #assigned(partitions: number[], continued: boolean): Promise<void> {
    if (!continued) this.#lose();
    this.#forget();
    this.#revoking = false;
    const dealt = this.#dealt;
    const before = new Set(this.#held);
    this.#held = partitions;
    const lost = [...before].filter((partition) => !partitions.includes(partition));
    if (lost.length > 0) this.#options.onLost?.(lost);
    const gained = partitions.filter((partition) => !before.has(partition));
    if (gained.length > 0) this.#options.onAssigned?.(gained);
    for (let failures = 1; dealt === this.#dealt && !this.#stopped; failures++) {
      try {
        const committed = await this.#membership.committed(partitions);
        const fresh = partitions.filter((partition) => !committed.has(partition));
        const begins = await this.#fetcher.offsets('begin', fresh);
        const ends = await this.#fetcher.offsets('end', partitions);
        if (dealt !== this.#dealt || this.#stopped) return;
        this.#owned.begin(new Map([...committed, ...begins]), ends);
        this.#ready = true;
        this.#readied.resolve();
        this.#checkDrains();
        this.#fetcher.wake();
        return this.#awake();
      } catch (error) {
        this.#failed(error);
        await this.#pauseBeforeRetry(failures);
      }
    }
  }

  /** The log was cut before we got there: what is left is all that there is. */
  async #outOfRange(partition: number, from: bigint): Promise<void> {
    this.#failed(
      new Error(`the log has no position ${from} in partition ${partition}: goes on at the first it has`),
    );
    try {
      const begin = (await this.#fetcher.offsets('begin', [partition])).get(partition)!;
      this.#owned.moveTo(partition, from, begin);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #look(): Promise<void> {
    const last = this.#fetcher.lastFetch ?? Number.NEGATIVE_INFINITY;
    if (!this.#ready || performance.now() - last < LOOK_MS) return;
    try {
      for (const [partition, end] of await this.#fetcher.offsets('end', this.#owned.partitions))
        this.#owned.reaches(partition, end);
    } catch (error) {
      this.#failed(error);
    }
  }

  #awake(): void {
    this.#wake.resolve();
  }

  #failed(error: unknown): void {
    this.#options.onFailure?.(error);
  }

  #refuseWhenStopped(): void {
    if (this.#stopped) throw new Error('the consumer was stopped');
  }

  #pauseBeforeRetry(failures: number): Promise<void> {
    const pause = Math.min(this.#options.retryMaxMs, RETRY_MIN_MS * 2 ** (failures - 1));
    return sleep(pause, this.#stopping.signal);
  }
}

/** Resolves after `ms` milliseconds, or when the signal says so. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {});
}
