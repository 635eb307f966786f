import { retryPause } from '../../platform/retry-pause.ts';
import { within } from '../../platform/within.ts';
import type { KeepingHandler, Place } from './consuming.ts';

/** What is handed out at once, and what to do when it has been handled but for some of it. */
export interface Batch<R> {
  records: R[];
  settle(unfinished: ReadonlySet<R>): void;
  /** Absent: it cannot be kept. */
  place?: Place;
}

const NOWHERE: Place = { again: false, keep: () => () => {} };

/** What the loop takes its batches from. */
export interface BatchSource<R> {
  /**
   * What may be handed out now: the batch of before until it has been settled, or somebody else has it. Null: nothing, or nothing that
   * may be. @throws what is tried again
   */
  next(): Promise<Batch<R> | null> | Batch<R> | null;
  /** Asked last, right before the batch goes to the handler: the process may have been stopped since. Absent: nobody else consumes. */
  mayHandOut?(): boolean;
  /** What waits may be tried again. */
  again(): void;
  /** Something has been settled: it can be committed. */
  onSettled(): void;
  /** Milliseconds after which to look again though nothing is said; null: not before. */
  restMs?(): number | null;
}

export interface LoopOptions {
  /** To which the pauses between tries grow, milliseconds. */
  retryMaxMs: number;
  /** Told each time a batch could not be read or handled, and will be tried again. */
  onFailure?: ((error: unknown) => void) | undefined;
}

/** The loop between partitions and their handler: one batch at a time, repeated when it failed. */
export class HandlerLoop<R> {
  readonly #source: BatchSource<R>;
  readonly #handler: KeepingHandler<R>;
  readonly #options: LoopOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #paused = false;
  #wake = Promise.withResolvers<void>();
  #underWay: Promise<void> | null = null;

  constructor(source: BatchSource<R>, handler: KeepingHandler<R>, options: LoopOptions) {
    this.#source = source;
    this.#handler = handler;
    this.#options = options;
    this.#running = this.#run();
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

  /** Resolves when the batch that is with the handler, if there is one, has come to an end. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    // Whoever makes the loop may have to keep it before it asks for anything.
    await null;
    for (let failures = 0; !this.#stopped; ) {
      try {
        const next = this.#paused ? null : this.#source.next();
        const batch = next instanceof Promise ? await next : next;
        // Much may have happened while it was read.
        if (batch === null || this.#paused || this.#stopped || this.#source.mayHandOut?.() === false) {
          await this.#waitForMore();
          continue;
        }
        await this.#handOut(batch);
        failures = 0;
      } catch (error) {
        this.#options.onFailure?.(error);
        await retryPause(++failures, this.#options.retryMaxMs, this.#stopping.signal);
      }
    }
  }

  async #handOut(batch: Batch<R>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay = promise;
    try {
      const unfinished = await this.#handler(batch.records, batch.place ?? NOWHERE);
      batch.settle(new Set(unfinished ? unfinished.records : []));
      this.#source.onSettled();
      if (unfinished) void this.#tryLater(unfinished.again);
    } finally {
      this.#underWay = null;
      resolve();
    }
  }

  async #tryLater(again: Promise<unknown>): Promise<void> {
    await again.catch(() => {});
    this.#source.again();
    this.wake();
  }

  async #waitForMore(): Promise<void> {
    if (this.#stopped) return;
    const rest = this.#source.restMs?.() ?? null;
    if (rest === null) await this.#wake.promise;
    else await within(this.#wake.promise, rest);
    this.#wake = Promise.withResolvers<void>();
  }
}
