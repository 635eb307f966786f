import type { Feed, FeedConsuming, FeedReader, Tidings } from './feed.ts';
import type { StreamedEvent } from './history.ts';
import { MemoryConsumer, type MemoryConsumerOptions } from './memory-consumer.ts';

/** The event stream within one process: a call. */
export class MemoryFeed implements Feed {
  readonly #readers = new Set<FeedReader>();
  /** By name; of several under one name the first gets everything. */
  readonly #consumers = new Map<string, MemoryConsumer[]>();
  readonly #options: MemoryConsumerOptions;

  constructor(options: MemoryConsumerOptions = {}) {
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
  async consume(name: string, handler: (events: StreamedEvent[]) => Promise<void>): Promise<FeedConsuming> {
    const consumer = new MemoryConsumer(handler, this.#options);
    this.#consumers.set(name, [...(this.#consumers.get(name) ?? []), consumer]);
    return {
      stop: () => {
        const others = this.#consumers.get(name)?.filter((one) => one !== consumer) ?? [];
        if (others.length > 0) this.#consumers.set(name, others);
        else this.#consumers.delete(name);
        return consumer.stop();
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
}

const DONE = Promise.resolve();
