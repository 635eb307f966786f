import { setTimeout as timer } from 'node:timers/promises';
import { within } from './within.ts';

/** What is under way has so long to end by itself when the loop is stopped, milliseconds. */
const GRACE_MS = 3_000;
/** The least rest, milliseconds: what is due is not asked for without a pause. */
const LEAST_REST_MS = 20;

export interface WorkLoopParts {
  /** Claims and begins what there is; resolves with how long there is nothing to do, milliseconds. 0: there may be more at once. */
  round(): Promise<number>;
  /** The longest rest, milliseconds: another process may have let go of something, or written it down. */
  lookMs: number;
  /** How long to rest after a round that failed, milliseconds. */
  retryMs: number;
  /** A round has failed, and is tried again. */
  onFailure(error: unknown): void;
}

/**
 * The loop of a worker at an outbox that several may share: rounds, one after the other, with a rest between them that ends early when
 * somebody says that there may be something; and what the rounds have begun, which ends before the loop does.
 */
export class WorkLoop {
  readonly #parts: WorkLoopParts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  #woken = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: WorkLoopParts) {
    this.#parts = parts;
  }

  /** Nothing more is to be begun. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }
  /** What is under way is to end now. */
  get cutting(): AbortSignal {
    return this.#cutting.signal;
  }
  /** How much is under way. */
  get size(): number {
    return this.#underWay.size;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Keeps what a round has begun until it ends; it must not reject. `ended`: what to do then, otherwise it wakes. */
  begin(doing: Promise<void>, ended: () => void = () => this.wake()): void {
    const done: Promise<void> = doing.finally(() => {
      this.#underWay.delete(done);
      ended();
    });
    this.#underWay.add(done);
  }

  /** Begins nothing more, and lets what is under way end: by itself for a moment, then by {@link cutting}. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await within(Promise.all(this.#underWay), GRACE_MS);
    this.#cutting.abort();
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { round, lookMs, retryMs, onFailure } = this.#parts;
    while (!this.stopping.aborted) {
      // Before the round: what comes meanwhile is not slept over.
      this.#woken = Promise.withResolvers();
      let rest = retryMs;
      try {
        rest = await round();
      } catch (error) {
        onFailure(error);
      }
      if (rest > 0) await this.#rest(Math.min(Math.max(rest, LEAST_REST_MS), lookMs));
    }
  }

  async #rest(ms: number): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.stopping, over.signal]);
    await Promise.race([timer(ms, undefined, { signal }).catch(() => {}), this.#woken.promise]);
    over.abort();
  }
}
