import type { Storage } from '../../../sdk/index.ts';

export interface Reminder {
  conversation: string;
  /** Of the message that it was asked with: its name within the conversation. */
  seq: number;
  /** The message that says what it is about: itself, or the one whose reminder was put off. */
  about: number;
  user: string;
  what: string;
  /** Milliseconds since 1970. */
  due: number;
}

export const idOf = ({ conversation, seq }: Pick<Reminder, 'conversation' | 'seq'>) =>
  `${conversation}/${seq}`;

const PREFIX = 'reminder/at/';
/** A timer lasts no longer, so that a clock that is put right is noticed, milliseconds. */
const LONGEST_MS = 600_000;
/** Where something could not be done, milliseconds. */
const AGAIN_MS = 10_000;

/** Kept until they are due, also while nobody is there to notice; each is forgotten when `remind` has resolved. */
export class Reminders {
  readonly #storage: Storage;
  readonly #remind: (reminder: Reminder) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #all = new Map<string, Reminder>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firing: Promise<void> = Promise.resolve();
  #running = false;

  /** `remind` may be called again for one that it was called for, after a crash. */
  constructor(
    storage: Storage,
    remind: (reminder: Reminder) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#storage = storage;
    this.#remind = remind;
    this.#failed = failed;
  }

  /** Reads what an earlier run left. */
  async load(): Promise<void> {
    for (const [key, text] of await this.#storage.list(PREFIX))
      this.#all.set(key.slice(PREFIX.length), JSON.parse(text) as Reminder);
  }

  /** Also those that were due before. */
  start(): void {
    this.#running = true;
    this.#set();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#firing;
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  get(id: string): Reminder | null {
    return this.#all.get(id) ?? null;
  }

  /** Those of a user, the next one first. */
  of(user: string): Reminder[] {
    return [...this.#all.values()].filter((one) => one.user === user).sort((a, b) => a.due - b.due);
  }

  async add(reminder: Reminder): Promise<void> {
    const id = idOf(reminder);
    await this.#storage.write([[PREFIX + id, JSON.stringify(reminder)]]);
    this.#all.set(id, reminder);
    this.#set();
  }

  /** False: there is none, any more. */
  async cancel(id: string): Promise<boolean> {
    if (!this.#all.has(id)) return false;
    await this.#storage.write([[PREFIX + id, null]]);
    return this.#all.delete(id);
  }

  #set(after?: number): void {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of this.#all.values()) next = Math.min(next, due);
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = after ?? Math.min(Math.max(next - Date.now(), 0), LONGEST_MS);
    this.#timer = setTimeout(() => {
      this.#firing = this.#fire();
    }, wait);
  }

  async #fire(): Promise<void> {
    try {
      const now = Date.now();
      const due = [...this.#all].filter(([, one]) => one.due <= now).sort(([, a], [, b]) => a.due - b.due);
      for (const [id, reminder] of due) {
        // Stopped, or cancelled while an earlier one was told.
        if (!this.#running || !this.#all.has(id)) continue;
        await this.#remind(reminder);
        await this.cancel(id);
      }
    } catch (error) {
      this.#failed(error);
      return this.#set(AGAIN_MS);
    }
    this.#set();
  }
}
