import { retryPause } from '../../platform/retry-pause.ts';
import type {
  ConsumeOptions,
  Feed,
  FeedConsuming,
  FeedHandler,
  FeedReader,
  OnPassedOver,
  Tidings,
} from './feed.ts';
import type { StreamedEvent } from './history.ts';
import { MemoryConsumer, type MemoryConsumerOptions } from './memory-consumer.ts';
import { passingOver } from './passing-over.ts';

export interface MemoryFeedOptions extends MemoryConsumerOptions {
  /** How often a handler may fail for a reason of its own before what it cannot take is passed over. Default 5. */
  mostFailures?: number;
  onPassedOver?: OnPassedOver;
  /** What was stored in the last so many milliseconds in which anything was, in order, a page at a time. Absent: nobody knows. */
  recent?: ((ms: number) => AsyncIterable<StreamedEvent[]>) | undefined;
}

const RETRY_MAX_MS = 5_000;

/** The event stream within one process: a call. */
export class MemoryFeed implements Feed {
  readonly #readers = new Set<FeedReader>();
  /** By name; of several under one name the first gets everything. */
  readonly #consumers = new Map<string, MemoryConsumer[]>();
  readonly #options: MemoryFeedOptions;

  constructor(options: MemoryFeedOptions = {}) {
    this.#options = options;
  }

  write(tidings: Tidings): Promise<void> {
    for (const reader of this.#readers) reader.read(tidings);
    const { events = [] } = tidings;
    if (this.#consumers.size === 0 || events.length === 0) return DONE;
    return this.#consumed(events);
  }

  async follow(reader: FeedReader): Promise<{ stop(): Promise<void> }> {
    this.#readers.add(reader);
    return {
      stop: async () => {
        this.#readers.delete(reader);
      },
    };
  }

  /** Whoever consumes is there before anything is written, and stays until nothing is any more: nothing is kept for a name. */
  async consume(
    name: string,
    handler: FeedHandler,
    { keepsMs = 0 }: ConsumeOptions = {},
  ): Promise<FeedConsuming> {
    const { mostFailures, onPassedOver } = this.#options;
    const sparing = passingOver(handler, {
      mostFailures,
      onPassedOver: (event, error) => onPassedOver?.(name, event, error),
    });
    const consumer = new MemoryConsumer(sparing, this.#options);
    this.#consumers.set(name, [...(this.#consumers.get(name) ?? []), consumer]);
    const bringing = keepsMs > 0 ? this.#bringAgain(consumer, keepsMs) : DONE;
    return {
      stop: async () => {
        const others = this.#consumers.get(name)?.filter((one) => one !== consumer) ?? [];
        if (others.length > 0) this.#consumers.set(name, others);
        else this.#consumers.delete(name);
        await consumer.stop();
        await bringing;
      },
      get lag() {
        return consumer.lag;
      },
    };
  }

  async close(): Promise<void> {
    this.#readers.clear();
    const consumers = [...this.#consumers.values()].flat();
    this.#consumers.clear();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  }

  async #consumed(events: StreamedEvent[]): Promise<void> {
    await Promise.all([...this.#consumers.values()].map(([first]) => first!.take(events)));
  }

  /** What a former process may have kept: there are no positions that would tell. */
  async #bringAgain(consumer: MemoryConsumer, keepsMs: number): Promise<void> {
    const { recent, retryMaxMs = RETRY_MAX_MS, onFailure } = this.#options;
    const { stopping } = consumer;
    if (recent === undefined) return;
    for (let failures = 1; !stopping.aborted; failures++) {
      try {
        for await (const events of recent(keepsMs)) await consumer.take(events, true);
        return;
      } catch (error) {
        if (stopping.aborted) return;
        onFailure?.(error);
        await retryPause(failures, retryMaxMs, stopping);
      }
    }
  }
}

const DONE = Promise.resolve();
