import type { ServerClock } from './clock.ts';
import { without } from './entries.ts';
import { expiryIn } from './keys.ts';
import type { Shelf } from './shelf.ts';

/** Most that disappear in one write. */
const STEP = 100;
/** Timers reach no further than 2^31 milliseconds. */
const FURTHEST_MS = 86_400_000;

/** Takes the content of disappearing messages away when it is time, by the server's clock. */
export class Expiry {
  readonly #shelf: Shelf;
  readonly #clock: ServerClock;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(shelf: Shelf, clock: ServerClock) {
    this.#shelf = shelf;
    this.#clock = clock;
  }

  /** Something with an expiry may have come. */
  async plan(): Promise<void> {
    const { keys, storage } = this.#shelf;
    const [next] = await storage.list(keys.expiries, { first: 1 });
    if (this.#closed || next === undefined) return;
    const { time } = expiryIn(next[0], keys);
    if (this.#timer !== null && this.#due <= time) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = time;
    const wait = Math.min(Math.max(0, time - this.#clock.now()), FURTHEST_MS);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.sweep().catch(() => {});
    }, wait);
  }

  /** Takes away all that is due. */
  async sweep(): Promise<void> {
    const { keys, storage } = this.#shelf;
    for (;;) {
      const to = keys.expiriesBefore(this.#clock.now() + 1);
      const due = await storage.list(keys.expiries, { to, first: STEP });
      if (due.length === 0 || this.#closed) break;
      await this.#shelf.change(async (change) => {
        for (const [key] of due) {
          const { conversation, seq } = expiryIn(key, keys);
          const entry = await change.entry(conversation, seq);
          if (entry?.type === 'message' && entry.gone === null)
            change.putEntry(conversation, seq, without(entry, 'expired'));
          change.writes.set(key, null);
        }
      });
    }
    await this.plan();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
