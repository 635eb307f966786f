import type { Logger } from '../../platform/logging.ts';
import type { Actor } from '../actor.ts';
import type { AccountStore, Device } from './store.ts';

const FLUSH_MS = 5_000;
/** Devices that may wait for the next batch; a full batch is written at once. */
const MOST_WAITING = 10_000;

/** When some devices, and their users, were last connected. */
class Batch {
  readonly entries = new Map<string, { user: string; device: string; at: number }>();
  readonly ofUser = new Map<string, number>();

  note({ user, device }: Actor, at: number): void {
    if ((this.entries.get(device)?.at ?? -1) < at) this.entries.set(device, { user, device, at });
    if ((this.ofUser.get(user) ?? -1) < at) this.ofUser.set(user, at);
  }
}

/** When devices were last connected: kept here, written in batches. Losing the last few seconds of it in a crash harms nobody. */
export class LastSeen {
  readonly #store: Pick<AccountStore, 'setLastSeen' | 'user'>;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #waiting = new Batch();
  /** What is being written now. */
  #writing = new Batch();
  #flushing: Promise<void> = Promise.resolve();

  constructor(store: Pick<AccountStore, 'setLastSeen' | 'user'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** `at`: milliseconds since the epoch. */
  note(actor: Actor, at: number): void {
    const { entries } = this.#waiting;
    // While the store does not answer: better to know nothing of some devices than to grow.
    if (entries.size >= 2 * MOST_WAITING && !entries.has(actor.device)) return;
    this.#waiting.note(actor, at);
    if (entries.size === MOST_WAITING) void this.flush();
  }

  /** The newest of what is stored and what is not stored yet; null: never. */
  async ofUser(user: string): Promise<number | null> {
    // Looked at first: what waits now may be written, and gone from here, before the store answers.
    const waiting = later(this.#writing.ofUser.get(user) ?? null, this.#waiting.ofUser.get(user));
    const stored = (await this.#store.user(user))?.lastSeen ?? null;
    return later(stored, waiting ?? undefined);
  }

  ofDevice({ id, lastSeen }: Device): number | null {
    return later(later(lastSeen, this.#writing.entries.get(id)?.at), this.#waiting.entries.get(id)?.at);
  }

  /** Writes what waits. Never rejects: what could not be written waits for the next batch. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<void> {
    if (this.#waiting.entries.size === 0) return;
    this.#writing = this.#waiting;
    this.#waiting = new Batch();
    try {
      await this.#store.setLastSeen([...this.#writing.entries.values()]);
    } catch (error) {
      this.#logger.warn({ err: error }, 'when devices were last seen could not be written');
      for (const { user, device, at } of this.#writing.entries.values())
        this.#waiting.note({ user, device }, at);
    }
    this.#writing = new Batch();
  }
}

function later(a: number | null, b: number | undefined): number | null {
  if (b === undefined) return a;
  return a === null || b > a ? b : a;
}
