import type { Refusal } from '../../protocol/errors.ts';
import type { Storage } from './storage.ts';

interface Waiting {
  id: string;
  key: string;
  text: string;
  /** Acknowledged (PUBACK), but what became of it is not known here yet. */
  acknowledged: boolean;
  /** To be sent over this connection. */
  due: boolean;
  /** How often the server refused it for the time being. */
  refused: number;
  accepted: () => void;
}

/** Most at a time on their way to the server; MQTT keeps the order of one connection. */
const WINDOW = 20;
/** Where the server does not say when to try again, milliseconds. */
const RETRY_MS = 1_000;
/** A mistake of the server's may be one that this command always makes. */
const MOST_MISTAKES = 3;

/**
 * Changes of which nobody knows yet what became of them, in the order they were made. They survive a restart when the storage does, and
 * go out under the same ids at every connection until they are settled: the server makes one event of each. One that
 * is refused for the time being (too many, too busy) goes out again; from then on they go one by one, so that only those that
 * were on their way at that moment can change places.
 */
export class Outbox {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #publish: (text: string) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  #number = 0;
  #loading: Promise<void> | null = null;
  #adding: Promise<void> = Promise.resolve();
  #running = false;
  #online = false;
  #window = WINDOW;
  #pause: ReturnType<typeof setTimeout> | null = null;

  /** `publish` resolves at the PUBACK and rejects when it will not come. */
  constructor(storage: Storage, user: string, publish: (text: string) => Promise<void>) {
    this.#storage = storage;
    this.#prefix = `outbox/${user}/`;
    this.#publish = publish;
  }

  /** Reads what an earlier run left; once. */
  load(): Promise<void> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  /** Reads what another tab or process of this device has left since, when its turn is over. */
  async reload(): Promise<void> {
    await this.load();
    await this.#read();
  }

  async #read(): Promise<void> {
    for (const [key, text] of await this.#storage.list(this.#prefix)) {
      const [number = '0', id = ''] = key.slice(this.#prefix.length).split('/');
      this.#number = Math.max(this.#number, Number(number));
      if (this.#waiting.has(id)) continue;
      this.#waiting.set(id, {
        id,
        key,
        text,
        acknowledged: false,
        due: true,
        refused: 0,
        accepted: () => {},
      });
    }
  }

  /** Ids that wait for their PUBACK. */
  get pending(): readonly string[] {
    return [...this.#waiting.values()].filter((w) => !w.acknowledged).map((w) => w.id);
  }

  /** Resolves when the command is kept here; `accepted` is called at the PUBACK. One that is here already is not added again. */
  add(id: string, text: string, accepted: () => void): Promise<void> {
    // One after the other: the order of making is the order of keeping and of sending.
    const added = this.#adding.then(async () => {
      await this.load();
      const here = this.#waiting.get(id);
      if (here !== undefined) {
        here.accepted = accepted;
        if (here.acknowledged) accepted();
        return;
      }
      const key = `${this.#prefix}${String(++this.#number).padStart(12, '0')}/${id}`;
      await this.#storage.write([[key, text]]);
      this.#waiting.set(id, { id, key, text, acknowledged: false, due: true, refused: 0, accepted });
      void this.#run();
    });
    this.#adding = added.catch(() => {});
    return added;
  }

  online(): void {
    this.#online = true;
    // Also what was acknowledged: the answer that it was refused for the time being may have been lost with the connection.
    for (const waiting of this.#waiting.values()) waiting.due = true;
    void this.#run();
  }

  offline(): void {
    this.#online = false;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  /** It is known what became of the command: it is forgotten. */
  settle(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    // Its event tells as much as its PUBACK, and may come first.
    if (!waiting.acknowledged) waiting.accepted();
    if (this.#waiting.size === 0) this.#window = WINDOW;
    // What is not deleted is sent once more after a restart, and changes nothing.
    this.#storage.write([[waiting.key, null]]).catch(() => {});
  }

  /** The server refused the command. True: for the time being, and it goes out again; false: for good, and it is forgotten. */
  refuse(id: string, { code, retry, retry_after_ms }: Refusal): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    waiting.refused++;
    if (!retry || (code === 'internal' && waiting.refused >= MOST_MISTAKES)) {
      this.#waiting.delete(id);
      this.#storage.write([[waiting.key, null]]).catch(() => {});
      return false;
    }
    waiting.acknowledged = false;
    waiting.due = true;
    this.#window = 1;
    if (this.#pause === null && this.#online) {
      this.#pause = setTimeout(() => {
        this.#pause = null;
        void this.#run();
      }, retry_after_ms ?? RETRY_MS);
    }
    return true;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#online && this.#pause === null) {
        const batch: Waiting[] = [];
        for (const waiting of this.#waiting.values()) {
          if (waiting.due) batch.push(waiting);
          if (batch.length === this.#window) break;
        }
        if (batch.length === 0) return;
        const sent = await Promise.all(batch.map((waiting) => this.#send(waiting)));
        // Not one went out: the next connection tries again.
        if (!sent.includes(true)) return;
      }
    } finally {
      this.#running = false;
    }
  }

  async #send(waiting: Waiting): Promise<boolean> {
    const { refused } = waiting;
    try {
      await this.#publish(waiting.text);
    } catch {
      return false;
    }
    // Refused while it was on its way: the PUBACK says that it arrived, and no more.
    if (waiting.refused !== refused || this.#waiting.get(waiting.id) !== waiting) return true;
    waiting.due = false;
    if (!waiting.acknowledged) waiting.accepted();
    waiting.acknowledged = true;
    return true;
  }
}
