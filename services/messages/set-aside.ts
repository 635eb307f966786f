import type { Ordering } from './consuming.ts';

/** Of a partition: with so much set aside it stands still, until some of it is finished. */
const MOST_RECORDS = 1_000;
const MOST_CHARS = 4 * 1024 * 1024;

interface Item<At, R> {
  at: At;
  record: R;
}

/**
 * What could not be finished of one partition, and what has to stay behind that, in order. Bounded: who hands out looks at
 * {@link isFull} before every batch.
 */
export class SetAside<At extends number | bigint, R> {
  readonly #order: Ordering<R>;
  #items: Item<At, R>[] = [];
  /** What must not pass, by the keys of its order. */
  readonly #held = new Set<string>();
  #chars = 0;

  constructor(order: Ordering<R>) {
    this.#order = order;
  }

  get size(): number {
    return this.#items.length;
  }

  get isFull(): boolean {
    return this.#items.length >= MOST_RECORDS || this.#chars >= MOST_CHARS;
  }

  /** Where the first of them stands: nothing from there on may be committed. Undefined: there is none. */
  get first(): At | undefined {
    return this.#items[0]?.at;
  }

  add(at: At, record: R): void {
    const inOrder = this.#items.length === 0 || this.#items.at(-1)!.at < at;
    this.#items.push({ at, record });
    if (!inOrder) this.#items.sort((a, b) => (a.at < b.at ? -1 : 1));
    this.#hold(record);
  }

  /** What of these may be handed out. The others have to stay behind what is here, and are put to it. */
  sift(items: Item<At, R>[]): Item<At, R>[] {
    if (this.#items.length === 0) return items;
    return items.filter(({ at, record }) => {
      if (!this.#order.keysOf(record).some((key) => this.#held.has(key))) return true;
      this.add(at, record);
      return false;
    });
  }

  /** The first of them, to be tried again. They stay here until {@link tried}: a commit meanwhile must not pass them. */
  next(limit: number): R[] {
    return this.#items.slice(0, limit).map(({ record }) => record);
  }

  /** So many from the front were tried again; of those only these are left. */
  tried(count: number, left: ReadonlySet<R>): void {
    this.#items = this.#items.filter(({ record }, i) => i >= count || left.has(record));
    this.#held.clear();
    this.#chars = 0;
    for (const { record } of this.#items) this.#hold(record);
  }

  #hold(record: R): void {
    this.#chars += this.#order.sizeOf(record);
    for (const key of this.#order.keysOf(record)) this.#held.add(key);
  }
}
