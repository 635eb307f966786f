import type { Feed, FeedReader, Tidings } from './feed.ts';

/** The event stream within one process: a call. */
export class MemoryFeed implements Feed {
  readonly #readers = new Set<FeedReader>();

  write(tidings: Tidings): Promise<void> {
    for (const reader of this.#readers) reader.read(tidings);
    return DONE;
  }

  async follow(reader: FeedReader): Promise<{ stop(): Promise<void> }> {
    this.#readers.add(reader);
    return {
      stop: async () => {
        this.#readers.delete(reader);
      },
    };
  }

  async close(): Promise<void> {
    this.#readers.clear();
  }
}

const DONE = Promise.resolve();
