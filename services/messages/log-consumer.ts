import { setTimeout as timer } from 'node:timers/promises';
import type { LogConsumer, LogRecord } from './log.ts';

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** What a consumer stands on. */
export interface LogSource {
  /** Position of the last durable entry. */
  last(): number;
  /** At most `limit` records after `position`, in order; not called when there are none. */
  batch(position: number, limit: number): Promise<LogRecord[]>;
  /** Forgets everything up to and including `position`, durably. */
  commit(position: number): Promise<void>;
  /** Resolves when the appends that have begun are durable or refused. */
  settled(): Promise<void>;
}

export interface ConsumerOptions {
  maxBatch: number;
  retryMaxMs?: number;
  /**
   * How long a handled batch may wait for its commit, milliseconds: so that a commit rides with other writes and a quiet
   * server does not sync once more a message. A crash meanwhile means the batch comes again.
   */
  commitDelayMs: number;
  /** Told each time a batch could not be read, handled or committed, and will be tried again. */
  onFailure?: (error: unknown) => void;
}

/** The loop between a log and its handler: one batch at a time, committed behind, repeated when it failed. */
export class BatchConsumer implements LogConsumer {
  readonly #source: LogSource;
  readonly #handler: (batch: LogRecord[]) => Promise<void>;
  readonly #options: ConsumerOptions & { retryMaxMs: number };
  #handled: number;
  #committed: number;
  #paused = false;
  #stopped = false;
  #underWay: Promise<void> | null = null;
  #committing: Promise<void> | null = null;
  #drains: { position: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  #wake = Promise.withResolvers<void>();
  /** Cuts the wait before a commit short. */
  #urgent = new AbortController();
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;

  constructor(
    source: LogSource,
    committed: number,
    handler: (batch: LogRecord[]) => Promise<void>,
    options: ConsumerOptions,
  ) {
    this.#source = source;
    this.#handled = committed;
    this.#committed = committed;
    this.#handler = handler;
    this.#options = { retryMaxMs: RETRY_MAX_MS, ...options };
    this.#loop = this.#run();
  }

  get lag(): number {
    return this.#source.last() - this.#committed;
  }

  /** There is something new, or something changed. */
  wake(): void {
    this.#wake.resolve();
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
    const position = this.#source.last();
    if (this.#committed >= position) return;
    const drained = new Promise<void>((resolve, reject) => this.#drains.push({ position, resolve, reject }));
    this.#urgent.abort();
    await drained;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    this.#urgent.abort();
    this.wake();
    await this.#loop;
    await this.#committing;
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
  }

  async #run(): Promise<void> {
    let failures = 0;
    let failed: LogRecord[] | null = null;
    while (!this.#stopped) {
      if (this.#paused || this.#handled >= this.#source.last()) {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers<void>();
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#underWay = promise;
      try {
        failed ??= await this.#source.batch(this.#handled, this.#options.maxBatch);
        await this.#handler(failed);
        this.#handled = failed.at(-1)!.position;
        failed = null;
        failures = 0;
      } catch (error) {
        failures++;
        this.#options.onFailure?.(error);
      }
      this.#underWay = null;
      resolve();
      if (failures === 0) this.#committing ??= this.#commit();
      else await this.#pauseBeforeRetry(failures);
    }
  }

  async #commit(): Promise<void> {
    let failures = 0;
    while (this.#committed < this.#handled) {
      if (this.#drains.length === 0 && !this.#stopped) {
        this.#urgent = new AbortController();
        await sleep(this.#options.commitDelayMs, this.#urgent.signal);
      }
      const position = this.#handled;
      try {
        await this.#source.commit(position);
        this.#committed = position;
        failures = 0;
      } catch (error) {
        this.#options.onFailure?.(error);
        // A disk that is full or failing: what was handled comes again after a restart, and a later commit covers it.
        if (this.#stopped) break;
        await this.#pauseBeforeRetry(++failures);
      }
      const done = this.#drains.filter((drain) => drain.position <= this.#committed);
      this.#drains = this.#drains.filter((drain) => drain.position > this.#committed);
      for (const drain of done) drain.resolve();
    }
    this.#committing = null;
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
