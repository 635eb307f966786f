import { setTimeout as timer } from 'node:timers/promises';
import { Refused } from '../../protocol/errors.ts';
import type { Place } from './consuming.ts';
import type { FeedConsuming, FeedHandler } from './feed.ts';
import type { StreamedEvent } from './history.ts';

export interface MemoryConsumerOptions {
  /** Told each time the handler failed. */
  onFailure?: ((error: unknown) => void) | undefined;
  /** The longest pause before the handler gets the same again, milliseconds. Default 5,000. */
  retryMaxMs?: number | undefined;
}

interface Waiting {
  events: readonly StreamedEvent[];
  again: boolean;
  done: PromiseWithResolvers<void>;
}

const RETRY_MIN_MS = 100;
const nothing = () => {};
/** What has to come again after a crash is told by its time: see `MemoryFeed`. */
const keep = () => nothing;
const NEW: Place = { again: false, keep };
const AGAIN: Place = { again: true, keep };

/**
 * A durable consumer within the writing process. It keeps no position: a write resolves when the handler has, and numbering commits its
 * position in the log after that, so after a crash the log brings the commands again, numbering finds their events in history, and writes
 * them again.
 *
 * So a handler that fails holds numbering up. Where storage does not answer that is as it should be: nothing else could be stored
 * either, and nothing is lost. A mistake in the handler must not stop the chat: see `passingOver`.
 */
export class MemoryConsumer implements FeedConsuming {
  readonly #handler: FeedHandler;
  readonly #options: MemoryConsumerOptions;
  readonly #stopping = new AbortController();
  /** Written and not begun yet: what several writers bring meanwhile goes to the handler together. */
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #lag = 0;

  constructor(handler: FeedHandler, options: MemoryConsumerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  get lag(): number {
    return this.#lag;
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /**
   * Resolves when they are handled.
   * @param again a former process had them
   * @throws {Refused} unavailable: stopped before that
   */
  take(events: readonly StreamedEvent[], again = false): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped());
    const done = Promise.withResolvers<void>();
    this.#lag += events.length;
    this.#waiting.push({ events, again, done });
    this.#running ??= this.#run();
    return done.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { again } = this.#waiting[0]!;
      const other = this.#waiting.findIndex((one) => one.again !== again);
      const taken = this.#waiting.splice(0, other < 0 ? this.#waiting.length : other);
      const events = taken.flatMap((one) => one.events);
      const handled = await this.#handle(events, again ? AGAIN : NEW);
      this.#lag -= events.length;
      for (const { done } of taken) {
        if (handled) done.resolve();
        else done.reject(stopped());
      }
    }
    this.#running = null;
  }

  /** False: stopped before that. */
  async #handle(events: StreamedEvent[], place: Place): Promise<boolean> {
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      try {
        await this.#handler(events, place);
        return true;
      } catch (error) {
        this.#options.onFailure?.(error);
        await this.#pause(++failures);
      }
    }
    return false;
  }

  #pause(failures: number): Promise<void> {
    const ms = Math.min(this.#options.retryMaxMs ?? 5_000, RETRY_MIN_MS * 2 ** (failures - 1));
    return timer(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

function stopped(): Refused {
  return new Refused('unavailable', 'a consumer of the event stream was stopped');
}
