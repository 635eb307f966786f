import { retryPause, sleep } from '../../platform/retry-pause.ts';
import { type Batch, HandlerLoop } from './handler-loop.ts';
import type { LogConsumer, LogHandler, LogRecord } from './log.ts';
import { LOG_ORDER } from './log-order.ts';
import { SetAside } from './set-aside.ts';

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

/** Consumes a log of one partition that nobody else consumes: committed behind, as far as everything is finished. */
export class BatchConsumer implements LogConsumer {
  readonly #source: LogSource;
  readonly #options: ConsumerOptions & { retryMaxMs: number };
  readonly #loop: HandlerLoop<LogRecord>;
  readonly #aside = new SetAside<number, LogRecord>(LOG_ORDER);
  /** What waits may be tried again. */
  #again = false;
  /** With the handler, or to come again. */
  #out: Batch<LogRecord> | null = null;
  /** Everything up to here has been read, and was handled or set aside. */
  #passed: number;
  #committed: number;
  #committing: Promise<void> | null = null;
  #drains: { position: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  /** Cuts the wait before a commit short. */
  #urgent = new AbortController();
  readonly #stopping = new AbortController();

  constructor(source: LogSource, committed: number, handler: LogHandler, options: ConsumerOptions) {
    this.#source = source;
    this.#passed = committed;
    this.#committed = committed;
    this.#options = { retryMaxMs: RETRY_MAX_MS, ...options };
    this.#loop = new HandlerLoop(
      {
        next: async () => {
          this.#out ??= await this.#next();
          return this.#out;
        },
        again: () => {
          this.#again = true;
        },
        onSettled: () => this.#commitBehind(),
      },
      handler,
      this.#options,
    );
  }

  get lag(): number {
    return this.#source.last() - this.#committed;
  }

  get waiting(): number {
    return this.#aside.size;
  }

  /** There is something new, or something changed. */
  wake(): void {
    this.#loop.wake();
  }

  pause(): Promise<void> {
    return this.#loop.pause();
  }

  resume(): void {
    this.#loop.resume();
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
    this.#stopping.abort();
    this.#urgent.abort();
    await this.#loop.stop();
    await this.#committing;
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
  }

  /** Everything up to here is finished. */
  get #finished(): number {
    const { first } = this.#aside;
    return first === undefined ? this.#passed : first - 1;
  }

  async #next(): Promise<Batch<LogRecord> | null> {
    const { maxBatch } = this.#options;
    if (this.#again) {
      this.#again = false;
      const records = this.#aside.next(maxBatch);
      if (records.length > 0) return { records, settle: (left) => this.#tried(records.length, left) };
    }
    while (this.#passed < this.#source.last() && !this.#aside.isFull) {
      const read = await this.#source.batch(this.#passed, maxBatch);
      const end = read.at(-1)!.position;
      const items = this.#aside.sift(read.map((record) => ({ at: record.position, record })));
      if (items.length === 0) {
        this.#passed = end;
        continue;
      }
      return {
        records: items.map(({ record }) => record),
        settle: (left) => {
          this.#out = null;
          this.#passed = end;
          for (const { at, record } of items) if (left.has(record)) this.#aside.add(at, record);
        },
      };
    }
    return null;
  }

  #tried(count: number, left: ReadonlySet<LogRecord>): void {
    this.#out = null;
    this.#aside.tried(count, left);
    // There was more than one batch of it.
    if (left.size === 0 && this.#aside.size > 0) this.#again = true;
  }

  #commitBehind(): void {
    if (this.#committed < this.#finished) this.#committing ??= this.#commit();
  }

  async #commit(): Promise<void> {
    let failures = 0;
    while (this.#committed < this.#finished) {
      if (this.#drains.length === 0 && !this.#stopped) {
        this.#urgent = new AbortController();
        await sleep(this.#options.commitDelayMs, this.#urgent.signal);
      }
      const position = this.#finished;
      try {
        await this.#source.commit(position);
        this.#committed = position;
        failures = 0;
      } catch (error) {
        this.#options.onFailure?.(error);
        // A disk that is full or failing: what was handled comes again after a restart, and a later commit covers it.
        if (this.#stopped) break;
        await retryPause(++failures, this.#options.retryMaxMs, this.#stopping.signal);
      }
      const done = this.#drains.filter((drain) => drain.position <= this.#committed);
      this.#drains = this.#drains.filter((drain) => drain.position > this.#committed);
      for (const drain of done) drain.resolve();
    }
    this.#committing = null;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }
}
