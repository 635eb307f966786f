import type { History } from '../../services/messages/history.ts';
import { type Deliverable, deliverable } from './tail.ts';
import { Turns } from './turns.ts';

const PAGE_EVENTS = 100;
/** A device holds at most two pages; those of many devices that do not acknowledge have to fit into memory too. */
const PAGE_BYTES = 64 * 1024;
/** Reads under way at once, over all devices: a storm of reconnects waits its turn. */
const MOST_READS = 16;

/** Reads what lies behind the tail from history. Devices that ask for the same page at once get the same one. */
export class CatchUp {
  readonly #history: History;
  readonly #onRead: () => void;
  readonly #reading = new Map<string, Promise<readonly Deliverable[]>>();
  readonly #turns = new Turns(MOST_READS);

  constructor(history: History, onRead: () => void) {
    this.#history = history;
    this.#onRead = onRead;
  }

  /** The page after `after`, ascending; empty at the end of the stream. It is shared: not to be changed. */
  page(stream: string, after: number): Promise<readonly Deliverable[]> {
    const key = `${stream}/${after}`;
    const known = this.#reading.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(stream, after).finally(() => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
    });
    this.#reading.set(key, reading);
    return reading;
  }

  /** Content of the stream was removed: nobody else is to get what is being read now, which may still have it. */
  forget(stream: string): void {
    for (const key of this.#reading.keys()) if (key.startsWith(stream)) this.#reading.delete(key);
  }

  forgetAll(): void {
    this.#reading.clear();
  }

  async #read(stream: string, after: number): Promise<readonly Deliverable[]> {
    const events = await this.#turns.run(() => {
      this.#onRead();
      return this.#history.read(stream, after, PAGE_EVENTS, PAGE_BYTES);
    });
    return events.map(deliverable);
  }
}
