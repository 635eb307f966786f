import { Fetcher } from '../../../platform/kafka/fetcher.ts';
import type { Kafka, Topic } from '../../../platform/kafka/kafka.ts';
import { Membership } from '../../../platform/kafka/membership.ts';
import { retryPause } from '../../../platform/retry-pause.ts';
import { within } from '../../../platform/within.ts';
import type { Consumer, KeepingHandler } from '../consuming.ts';
import { type Batch, HandlerLoop } from '../handler-loop.ts';
import { Commits } from './commits.ts';
import { OwnedPartitions, type RecordKind } from './owned-partitions.ts';

export interface GroupOptions {
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

/** What is consumed, by which group, and how. */
export interface GroupParts<R> {
  kafka: Kafka;
  topic: Topic;
  group: string;
  kind: RecordKind<R>;
  /** Where the group begins in a partition of which it has not committed anything. */
  startAt: 'begin' | 'end';
  /** Resolves when the writes that have begun here are durable or refused. */
  settled(): Promise<void>;
  /** The partition has no such position any more: it goes on at the first one that it has. */
  onCut(partition: number, from: bigint, to: bigint): void;
  /** Told what the group has committed. */
  onCommitted?(offsets: Map<number, bigint>): void;
  onStopped(): void;
}

/** How often the ends of partitions are asked for while nothing is fetched, so that the lag stays known. */
const LOOK_MS = 5_000;

type DealtBatch<R> = Batch<R> & { dealt: number };

/**
 * Consumes the partitions of a topic that the group gives to this process: one batch at a time, committed behind as far as everything is
 * finished, repeated when it failed, abandoned when its partitions may be somebody else's.
 */
export class GroupConsumer<R> implements Consumer {
  readonly #parts: GroupParts<R>;
  readonly #options: GroupOptions;
  readonly #loop: HandlerLoop<R>;
  readonly #membership: Membership;
  readonly #fetcher: Fetcher;
  readonly #owned: OwnedPartitions<R>;
  readonly #commits: Commits;
  readonly #stopping = new AbortController();
  /** With the handler, or to come again. */
  #out: DealtBatch<R> | null = null;
  /** Grows each time the partitions are dealt, or lost. */
  #dealt = 0;
  /** What was ours before the partitions were taken back to be dealt. */
  #held: number[] = [];
  /** Whether the positions of what is ours are known. */
  #ready = false;
  /** Their positions do not exist any more, and others are being asked for. */
  readonly #moving = new Set<number>();
  #revoking = false;
  #readied = Promise.withResolvers<void>();
  readonly #looking: NodeJS.Timeout;

  constructor(parts: GroupParts<R>, handler: KeepingHandler<R>, options: GroupOptions) {
    this.#parts = parts;
    this.#options = options;
    const { kafka, topic, group } = parts;
    this.#owned = new OwnedPartitions(
      parts.kind,
      (error) => this.#failed(error),
      () => this.#freed(),
    );
    this.#fetcher = new Fetcher(kafka, topic, group, {
      wanted: () => (this.#ready ? this.#owned.wanted(this.#moving) : []),
      got: (fetched) => {
        this.#owned.got(fetched);
        this.#loop.wake();
      },
      outOfRange: (partition, from) => void this.#outOfRange(partition, from),
      onFailure: (error) => this.#failed(error),
    });
    this.#membership = new Membership(kafka, topic, group, {
      sessionTimeoutMs: options.sessionTimeoutMs,
      onRevoking: (forMs) => this.#finish(forMs),
      onLost: () => this.#lose(),
      onAssigned: (partitions, continued) => void this.#assigned(partitions, continued),
      onFresh: () => this.#loop.wake(),
      onFailure: (error) => this.#failed(error),
    });
    this.#commits = new Commits({
      owned: this.#owned,
      commit: (offsets) => this.#membership.commit(offsets),
      onCommitted: (offsets) => parts.onCommitted?.(offsets),
      dealt: () => this.#dealt,
      ready: () => this.#ready,
      delayMs: options.commitDelayMs,
      retryMaxMs: options.retryMaxMs,
      onFailure: (error) => this.#failed(error),
    });
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    this.#looking.unref();
    this.#loop = new HandlerLoop(
      {
        next: () => this.#next(),
        mayHandOut: () => this.#out?.dealt === this.#dealt && this.#mayHandOut(),
        again: () => this.#owned.tryAgain(),
        onSettled: () => this.#commits.begin(),
        restMs: () => this.#owned.restMs,
      },
      handler,
      { retryMaxMs: options.retryMaxMs, onFailure: (error) => this.#failed(error) },
    );
    this.#membership.start();
  }

  get lag(): number {
    return this.#owned.lag;
  }

  get waiting(): number {
    return this.#owned.aside;
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
   * Whether the partition is ours for certain, still: to be asked again before something is written, as this process may have been stopped
   * for a while.
   */
  owns(partition: number): boolean {
    return this.#membership.certainForMs > 0 && this.#owned.has(partition);
  }

  /** There are records up to `end`, not included. */
  reaches(partition: number, end: bigint): void {
    this.#owned.reaches(partition, end);
  }

  pause(): Promise<void> {
    return this.#loop.pause();
  }

  resume(): void {
    this.#loop.resume();
  }

  async drained(): Promise<void> {
    await this.#parts.settled();
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
    this.#readied.resolve();
    await this.#loop.stop();
    await this.#commits.stop();
    await Promise.all([this.#membership.stop(), this.#fetcher.stop()]);
    this.#parts.onStopped();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #mayHandOut(): boolean {
    return this.#ready && !this.#revoking && this.#membership.certainForMs > 0;
  }

  #next(): DealtBatch<R> | null {
    // What has been dealt anew comes again from the committed position, to whoever owns it now.
    if (this.#out?.dealt !== this.#dealt) this.#out = null;
    if (!this.#mayHandOut()) return null;
    if (this.#out !== null) return this.#out;
    const batch = this.#owned.take(this.#options.maxBatch);
    if (batch !== null) {
      this.#fetcher.wake();
      const dealt = this.#dealt;
      this.#out = {
        ...batch,
        dealt,
        settle: (unfinished) => {
          this.#out = null;
          // Else it came to its end when it was too late: whoever owns the partitions handles it again, with the same effect.
          if (dealt === this.#dealt) batch.settle(unfinished);
        },
      };
    } else if (this.#owned.uncommitted.size > 0) {
      // All that there was is nobody's to handle, or has to stay behind something.
      this.#fetcher.wake();
      this.#commits.begin();
    }
    return this.#out;
  }

  /** More may be committed. */
  #freed(): void {
    if (this.#ready && !this.#stopped && this.#owned.uncommitted.size > 0) this.#commits.begin();
  }

  /** The batch under way is brought to its end, and committed, if that is possible in time. */
  async #finish(forMs: number): Promise<void> {
    this.#revoking = true;
    if (!(await within(this.#loop.idle(), forMs))) return;
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
        const starts = await this.#fetcher.offsets(this.#parts.startAt, fresh);
        const ends = await this.#fetcher.offsets('end', partitions);
        if (dealt !== this.#dealt || this.#stopped) return;
        this.#owned.begin(new Map([...committed, ...starts]), ends);
        this.#ready = true;
        this.#readied.resolve();
        this.#commits.check();
        this.#fetcher.wake();
        return this.#loop.wake();
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
    try {
      const begin = (await this.#fetcher.offsets('begin', [partition])).get(partition)!;
      this.#parts.onCut(partition, from, begin);
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
