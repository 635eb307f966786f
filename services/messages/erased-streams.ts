import type { Logger } from '../../platform/logging.ts';
import type { FeedWriter } from './feed.ts';

const AGAIN_MS = 1_000;

/** Tells of streams of which the sweeper has removed content: each once, however much it was. */
export class ErasedStreams {
  readonly #feed: FeedWriter;
  readonly #logger: Logger;
  readonly #streams = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(feed: FeedWriter, logger: Logger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  add(stream: string): void {
    this.#streams.add(stream);
    this.#later(0);
  }

  /** Tells what waits. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#tell();
  }

  #later(ms: number): void {
    if (this.#stopped || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#tell();
    }, ms);
  }

  async #tell(): Promise<void> {
    const erased = [...this.#streams];
    if (erased.length === 0) return;
    this.#streams.clear();
    try {
      await this.#feed.write({ erased });
    } catch (error) {
      this.#logger.warn({ err: error }, 'that content was removed could not be told; tried again');
      for (const stream of erased) this.#streams.add(stream);
      this.#later(AGAIN_MS);
    }
  }
}
