import { setTimeout as timer } from 'node:timers/promises';
import { Refused } from '../../protocol/errors.ts';
import type { FeedConsuming } from './feed.ts';
import type { StreamedEvent } from './history.ts';
import { isStorageTrouble } from './pipeline/projection.ts';

export interface MemoryConsumerOptions {
  /** Told each time the handler failed, and of each event that is passed over. */
  onFailure?: (error: unknown, passedOver: StreamedEvent | null) => void;
  /** The longest pause before the handler gets the same again, milliseconds. Default 5,000. */
  retryMaxMs?: number;
  /** How often a handler may fail for a reason of its own before what it cannot handle is passed over. Default 5. */
  mostFailures?: number;
}

type Handler = (events: StreamedEvent[]) => Promise<void>;

const RETRY_MIN_MS = 100;

/**
 * A durable consumer within the writing process. It keeps no position: a write resolves when the handler has, and numbering commits its
 * position in the log after that, so after a crash the log brings the commands again, numbering finds their events in history, and writes
 * them again.
 *
 * So a handler that fails holds numbering up. Where storage does not answer that is as it should be: nothing else could be stored
 * either, and nothing is lost. A mistake in the handler must not stop the chat: after some failures each event is
 * tried by itself, and what still fails is passed over, told to `onFailure`.
 */
export class MemoryConsumer implements FeedConsuming {
  readonly #handler: Handler;
  readonly #options: MemoryConsumerOptions;
  readonly #stopping = new AbortController();
  /** Written and not begun yet: what several writers bring meanwhile goes to the handler together. */
  #waiting: { events: readonly StreamedEvent[]; done: PromiseWithResolvers<void> }[] = [];
  #running: Promise<void> | null = null;
  #lag = 0;

  constructor(handler: Handler, options: MemoryConsumerOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  get lag(): number {
    return this.#lag;
  }

  /** Resolves when they are handled. @throws {Refused} unavailable: stopped before that */
  take(events: readonly StreamedEvent[]): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped());
    const done = Promise.withResolvers<void>();
    this.#lag += events.length;
    this.#waiting.push({ events, done });
    this.#running ??= this.#run();
    return done.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0);
      const events = taken.flatMap((one) => one.events);
      const handled = await this.#handle(events);
      this.#lag -= events.length;
      for (const { done } of taken) {
        if (handled) done.resolve();
        else done.reject(stopped());
      }
    }
    this.#running = null;
  }

  /** False: stopped before that. */
  async #handle(events: StreamedEvent[]): Promise<boolean> {
    const { onFailure, mostFailures = 5 } = this.#options;
    const { signal } = this.#stopping;
    let mistakes = 0;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#handler(events);
        return true;
      } catch (error) {
        const passed = !isStorageTrouble(error) && ++mistakes >= mostFailures;
        onFailure?.(error, passed && events.length === 1 ? events[0]! : null);
        if (passed) return events.length === 1 || this.#oneByOne(events);
        await this.#pause(++failures);
      }
    }
    return false;
  }

  async #oneByOne(events: StreamedEvent[]): Promise<boolean> {
    for (const event of events) if (!(await this.#handle([event]))) return false;
    return true;
  }

  #pause(failures: number): Promise<void> {
    const ms = Math.min(this.#options.retryMaxMs ?? 5_000, RETRY_MIN_MS * 2 ** (failures - 1));
    return timer(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

function stopped(): Refused {
  return new Refused('unavailable', 'a consumer of the event stream was stopped');
}
