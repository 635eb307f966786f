import type { Storage } from './storage.ts';

interface Waiting {
  id: string;
  text: string;
}

/**
 * Changes that the server has not acknowledged yet, in the order they were made. They survive a restart when the storage does, and
 * go out again, under the same ids, at every connection until their PUBACK: the server makes one event of them.
 */
export class Outbox {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #publish: (text: string) => Promise<void>;
  #waiting: Waiting[] = [];
  #running = false;
  #online = false;
  readonly #accepted = new Map<string, () => void>();

  /** `publish` resolves at the PUBACK and rejects when the connection is lost. */
  constructor(storage: Storage, user: string, publish: (text: string) => Promise<void>) {
    this.#storage = storage;
    this.#prefix = `outbox/${user}/`;
    this.#publish = publish;
  }

  async load(): Promise<void> {
    const stored = await this.#storage.list(this.#prefix);
    // UUIDv7 keys: the order of keys is the order of making.
    this.#waiting = [
      ...stored.map(([key, text]) => ({ id: key.slice(this.#prefix.length), text })),
      ...this.#waiting,
    ];
  }

  /** Ids that wait for their PUBACK. */
  get pending(): readonly string[] {
    return this.#waiting.map((w) => w.id);
  }

  /** Resolves when the command is kept here; `accepted` is called at the PUBACK. */
  async add(id: string, text: string, accepted: () => void): Promise<void> {
    await this.#storage.write([[this.#prefix + id, text]]);
    this.#waiting.push({ id, text });
    this.#accepted.set(id, accepted);
    void this.#run();
  }

  online(): void {
    this.#online = true;
    void this.#run();
  }

  offline(): void {
    this.#online = false;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      // Several in flight, in order: MQTT keeps the order of one connection.
      while (this.#online && this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, 20);
        const done = await Promise.allSettled(batch.map((w) => this.#publish(w.text)));
        const accepted = batch.filter((_, i) => done[i]!.status === 'fulfilled');
        if (accepted.length === 0) break;
        await this.#storage.write(accepted.map((w) => [this.#prefix + w.id, null]));
        this.#waiting = this.#waiting.filter((w) => !accepted.includes(w));
        for (const w of accepted) {
          this.#accepted.get(w.id)?.();
          this.#accepted.delete(w.id);
        }
      }
    } finally {
      this.#running = false;
    }
  }
}
