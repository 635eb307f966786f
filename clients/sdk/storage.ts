/** A part of a list: keys from `from` on, before `to`; of those the `first`, or the `last`, so many. */
export interface Slice {
  /** Included; a whole key, prefix and all. */
  from?: string;
  /** Excluded; a whole key, prefix and all. */
  to?: string;
  first?: number;
  last?: number;
}

/**
 * Port: where a client keeps what must survive a restart (session, unsent commands, positions, events). Keys are paths
 * with `/`; `list` goes in ascending order of keys, whatever the slice.
 */
export interface Storage {
  get(key: string): Promise<string | undefined>;
  /** All or none. `null` deletes. @throws {StorageFullError} nothing was written */
  write(entries: [key: string, value: string | null][]): Promise<void>;
  list(prefix: string, slice?: Slice): Promise<[key: string, value: string][]>;
  close(): Promise<void>;
}

/** There is no room: the disk is full, or the browser gives this site no more. */
export class StorageFullError extends Error {
  constructor(options?: ErrorOptions) {
    super('No room is left to keep messages on this device.', options);
    this.name = 'StorageFullError';
  }
}

/** Keeps nothing: for bots and tests that start afresh. */
export class MemoryStorage implements Storage {
  readonly #map = new Map<string, string>();
  /** Ascending; null: to be made anew. */
  #keys: string[] | null = null;

  async get(key: string): Promise<string | undefined> {
    return this.#map.get(key);
  }

  async write(entries: [string, string | null][]): Promise<void> {
    for (const [key, value] of entries) {
      if (value === null ? this.#map.delete(key) : !this.#map.has(key)) this.#keys = null;
      if (value !== null) this.#map.set(key, value);
    }
  }

  async list(prefix: string, { from = prefix, to, first, last }: Slice = {}): Promise<[string, string][]> {
    this.#keys ??= [...this.#map.keys()].sort();
    const keys = this.#keys;
    const wanted: string[] = [];
    for (let at = lowerBound(keys, from > prefix ? from : prefix); at < keys.length; at++) {
      const key = keys[at]!;
      if (!key.startsWith(prefix) || (to !== undefined && key >= to) || wanted.length === first) break;
      wanted.push(key);
    }
    const kept = last === undefined ? wanted : wanted.slice(Math.max(wanted.length - last, 0));
    return kept.map((key) => [key, this.#map.get(key)!]);
  }

  async close(): Promise<void> {}
}

/** The place of the first that is not less. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
