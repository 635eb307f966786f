import { Fetcher } from '../../../platform/kafka/fetcher.ts';
import type { Kafka, Topic } from '../../../platform/kafka/kafka.ts';
import { Membership } from '../../../platform/kafka/membership.ts';
import { within } from '../../../platform/within.ts';
import type { LogConsumer, LogRecord } from '../log.ts';
import { Commits } from './commits.ts';
import { partitionOf } from './log-records.ts';
import { type Batch, OwnedPartitions } from './owned-partitions.ts';
import { retryPause } from './retry-pause.ts';

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

/** How often the ends of partitions are asked for while nothing is fetched, so that the lag stays known. */
const LOOK_MS = 5_000;

type DealtBatch = Batch & { dealt: number };

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
  readonly #commits: Commits;
  readonly #stopping = new AbortController();
  /** Grows each time the partitions are dealt, or lost. */
  #dealt = 0;
  /** What was ours before the partitions were taken back to be dealt. */
  #held: number[] = [];
  /** Whether the positions of what is ours are known. */
  #ready = false;
  /** Their positions do not exist any more, and others are being asked for. */
  readonly #moving = new Set<number>();
  #revoking = false;
  #paused = false;
  #underWay: Promise<void> | null = null;
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
      wanted: () => (this.#ready ? this.#owned.wanted(this.#moving) : []),
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
    this.#commits = new Commits({
      owned: this.#owned,
      commit: (offsets) => this.#membership.commit(offsets),
      dealt: () => this.#dealt,
      ready: () => this.#ready,
      delayMs: options.commitDelayMs,
      retryMaxMs: options.retryMaxMs,
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
      let ends: Map<number, bigint>;
      try {
        ends = await this.#fetcher.offsets('end', this.#owned.partitions);
      } catch (error) {
        this.#refuseWhenStopped();
        this.#failed(error);
        await this.#pauseBeforeRetry(failures + 1);
        continue;
      }
      return this.#commits.reached(ends);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#looking);
    this.#awake();
    this.#readied.resolve();
    await this.#loop;
    await this.#commits.stop();
    await Promise.all([this.#membership.stop(), this.#fetcher.stop()]);
    this.#onStopped();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let failed: DealtBatch | null = null;
    while (!this.#stopped) {
      // What has been dealt anew comes again from the committed position, to whoever owns it now.
      if (failed?.dealt !== this.#dealt) {
        failed = null;
        failures = 0;
      }
      const batch: DealtBatch | null = failed ?? this.#next();
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

  #next(): DealtBatch | null {
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

  #handled({ ends, dealt }: DealtBatch): void {
    // It came to its end when it was too late: whoever owns the partitions handles it again, with the same effect.
    if (dealt !== this.#dealt || this.#membership.certainForMs === 0) return;
    this.#owned.handled(ends);
    this.#commits.begin();
  }

  /** The batch under way is brought to its end, and committed, if that is possible in time. */
  async #finish(forMs: number): Promise<void> {
    this.#revoking = true;
    if (this.#underWay !== null && !(await within(this.#underWay, forMs))) return;
    await this.#commits.now().catch((error) => this.#failed(error));
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
        this.#commits.check();
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
    if (this.#moving.has(partition)) return;
    this.#moving.add(partition);
    this.#failed(
      new Error(`the log has no position ${from} in partition ${partition}: goes on at the first it has`),
    );
    try {
      const begin = (await this.#fetcher.offsets('begin', [partition])).get(partition)!;
      this.#owned.moveTo(partition, from, begin);
      this.#commits.begin();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#moving.delete(partition);
      this.#fetcher.wake();
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
    return retryPause(failures, this.#options.retryMaxMs, this.#stopping.signal);
  }
}
