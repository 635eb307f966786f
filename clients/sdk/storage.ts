/**
 * Port: where a client keeps what must survive a restart (session, unsent commands, positions, events). Keys are paths
 * with `/`; `list` goes in ascending order of keys.
 */
export interface Storage {
  get(key: string): Promise<string | undefined>;
  /** All or none. `null` deletes. */
  write(entries: [key: string, value: string | null][]): Promise<void>;
  list(prefix: string): Promise<[key: string, value: string][]>;
  close(): Promise<void>;
}

/** Keeps nothing: for bots and tests that start afresh. */
export class MemoryStorage implements Storage {
  readonly #map = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.#map.get(key);
  }

  async write(entries: [string, string | null][]): Promise<void> {
    for (const [key, value] of entries) {
      if (value === null) this.#map.delete(key);
      else this.#map.set(key, value);
    }
  }

  async list(prefix: string): Promise<[string, string][]> {
    return [...this.#map].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async close(): Promise<void> {}
}
