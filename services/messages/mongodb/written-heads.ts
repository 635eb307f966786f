import type { Collections } from './documents.ts';
import { advanceHeads, type Far } from './heads.ts';

/**
 * Events by which a head that is written down may lag behind for good. Writing each of them would be half of what a message costs; and
 * whoever asks for heads reads so many events a stream more.
 */
const MOST_BEHIND = 8;
/** Milliseconds in which a stream's head is written once, however much is said in it: nobody who sends waits for that. */
const EVERY_MS = 1_000;

/** Writes down how far streams are, behind those who got them there. What a crash leaves unwritten, the next event of the stream makes good. */
export class WrittenHeads {
  readonly #collections: Collections;
  /** Streams that may wait to be written; more are written when they come up again. */
  readonly #most: number;
  readonly #behind = new Map<string, Far>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(collections: Collections, most: number) {
    this.#collections = collections;
    this.#most = most;
  }

  /** This is how far it is. Looked at again when it is written. */
  note(stream: string, far: Far): void {
    if (far.seq - far.written < MOST_BEHIND || this.#behind.size >= this.#most) return;
    this.#behind.set(stream, far);
    this.#timer ??= setTimeout(() => void this.write(), EVERY_MS).unref();
  }

  /** Writes what has been noted. That it fails costs nothing but time: heads are hints. */
  write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const behind = new Map([...this.#behind].map(([stream, far]) => [stream, { ...far }]));
    if (behind.size === 0) return;
    const noted = new Map(this.#behind);
    this.#behind.clear();
    try {
      await advanceHeads(this.#collections, behind);
      for (const [stream, far] of noted) far.written = Math.max(far.written, behind.get(stream)!.seq);
    } catch {
      // The next event of each of them notes it again.
    }
  }
}
