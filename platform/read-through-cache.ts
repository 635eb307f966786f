/**
 * What a slow source says about a key, kept: at most `most` entries, the longest unused go first. Synchronous when the answer is here.
 * Null is passed on and not kept: what is not there yet may come. Whoever changes the source calls {@link forget} afterwards.
 */
export class ReadThroughCache<V extends NonNullable<unknown>> {
  readonly #read: (key: string) => Promise<V | null>;
  readonly #most: number;
  /** In order of last use, once it is half full. */
  readonly #kept = new Map<string, V>();
  readonly #loading = new Map<string, Promise<V | null>>();

  constructor(most: number, read: (key: string) => Promise<V | null>) {
    this.#most = most;
    this.#read = read;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): V | Promise<V | null> {
    const value = this.#kept.get(key);
    if (value === undefined) return this.#load(key);
    // The order matters only when something may have to go soon.
    if (this.#kept.size * 2 > this.#most) {
      this.#kept.delete(key);
      this.#kept.set(key, value);
    }
    return value;
  }

  /** Asks the source again next time, also when an answer is under way now: that one may be older than the change. */
  forget(key: string): void {
    this.#loading.delete(key);
    this.#kept.delete(key);
  }

  #load(key: string): Promise<V | null> {
    const under = this.#loading.get(key);
    if (under !== undefined) return under;
    const loading: Promise<V | null> = this.#read(key).then(
      (value) => {
        if (this.#loading.get(key) !== loading) return this.#load(key);
        this.#loading.delete(key);
        if (value !== null) this.#keep(key, value);
        return value;
      },
      (error: unknown) => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key);
        throw error;
      },
    );
    this.#loading.set(key, loading);
    return loading;
  }

  #keep(key: string, value: V): void {
    this.#kept.set(key, value);
    if (this.#kept.size <= this.#most) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}
