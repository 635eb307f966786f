import type { History } from '../../services/messages/history.ts';
import { type Deliverable, deliverable } from './tail.ts';

const PAGE_EVENTS = 100;
const PAGE_BYTES = 256 * 1024;
/** Reads under way at once, over all devices: a storm of reconnects waits its turn. */
const MOST_READS = 16;

/** Reads what lies behind the tail from history. Devices that ask for the same page at once get the same one. */
export class CatchUp {
  readonly #history: History;
  readonly #onRead: () => void;
  readonly #reading = new Map<string, Promise<Deliverable[]>>();
  readonly #waiting: (() => void)[] = [];
  #reads = 0;

  constructor(history: History, onRead: () => void) {
    this.#history = history;
    this.#onRead = onRead;
  }

  /** The page after `after`, ascending; empty at the end of the stream. */
  page(stream: string, after: number): Promise<Deliverable[]> {
    const key = `${stream}/${after}`;
    let reading = this.#reading.get(key);
    if (reading === undefined) {
      reading = this.#read(stream, after).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    return reading;
  }

  /** Content of the stream was removed: what is being read now may still have it. */
  forget(stream: string): void {
    for (const key of this.#reading.keys()) if (key.startsWith(stream)) this.#reading.delete(key);
  }

  async #read(stream: string, after: number): Promise<Deliverable[]> {
    if (this.#reads >= MOST_READS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#reads++;
    try {
      this.#onRead();
      const events = await this.#history.read(stream, after, PAGE_EVENTS, PAGE_BYTES);
      return events.map(deliverable);
    } finally {
      this.#reads--;
      this.#waiting.shift()?.();
    }
  }
}
