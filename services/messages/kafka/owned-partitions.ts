import type { Fetched, FetchedRecord } from '../../../platform/kafka/fetcher.ts';
import type { Ordering } from '../consuming.ts';
import type { Batch } from '../handler-loop.ts';
import { KeptBatch, KeptPlaces } from '../kept-places.ts';
import { SetAside } from '../set-aside.ts';

/** How records are read, and what orders them. */
export interface RecordKind<R> extends Ordering<R> {
  /** Undefined: nobody has to handle it. @throws {Error} when it cannot be read: see {@link OwnedPartitions.take} */
  read(partition: number, record: FetchedRecord): R | undefined;
}

interface Owned<R> {
  /** Where to fetch next. */
  fetch: bigint;
  /** Where to hand out next. */
  take: bigint;
  /** Up to here, not included, all has been handled or set aside. */
  passed: bigint;
  aside: SetAside<bigint, R>;
  kept: KeptPlaces<bigint>;
  committed: bigint;
  /** Behind the last record that we know of. */
  end: bigint;
  /** Fetched and not handed out yet, in order. */
  waiting: FetchedRecord[];
  bytes: number;
  /** Until when the partition rests because of a record that cannot be read, by `performance.now()`. */
  restsUntil: number;
}

interface Item<R> {
  at: bigint;
  record: R;
}

/** Fetched ahead, each partition: beyond it is fetched no more until something has been handed out. */
const MOST_WAITING_BYTES = 1024 * 1024;
const UNREADABLE_REST_MS = 5_000;

/** The partitions that this process owns, what has been fetched of them, and how far it has got with each. */
export class OwnedPartitions<R> {
  readonly #kind: RecordKind<R>;
  readonly #owned = new Map<number, Owned<R>>();
  readonly #onUnreadable: (error: unknown) => void;
  readonly #onFree: () => void;
  /** What was set aside may be tried again. */
  #again = false;

  /** @param onFree told when something is not kept any more: more may be committed */
  constructor(kind: RecordKind<R>, onUnreadable: (error: unknown) => void, onFree: () => void) {
    this.#kind = kind;
    this.#onUnreadable = onUnreadable;
    this.#onFree = onFree;
  }

  begin(positions: Map<number, bigint>, ends: Map<number, bigint>): void {
    this.#owned.clear();
    for (const [partition, at] of positions) {
      const end = ends.get(partition) ?? at;
      this.#owned.set(partition, {
        fetch: at,
        take: at,
        passed: at,
        aside: new SetAside(this.#kind),
        kept: new KeptPlaces(),
        committed: at,
        end: end > at ? end : at,
        waiting: [],
        bytes: 0,
        restsUntil: 0,
      });
    }
  }

  clear(): void {
    this.#owned.clear();
  }

  get partitions(): number[] {
    return [...this.#owned.keys()];
  }

  has(partition: number): boolean {
    return this.#owned.has(partition);
  }

  /** Not yet finished, or to be committed: what is kept for after a crash is neither. */
  get lag(): number {
    let lag = 0n;
    for (const owned of this.#owned.values())
      lag += owned.end - finishedOf(owned) + committableOf(owned) - owned.committed;
    return Number(lag);
  }

  /** Set aside. */
  get aside(): number {
    let size = 0;
    for (const { aside } of this.#owned.values()) size += aside.size;
    return size;
  }

  /** What to fetch, and from where, but for the partitions of `except`. */
  *wanted(except: ReadonlySet<number>): Iterable<readonly [number, bigint]> {
    for (const [partition, { fetch, bytes }] of this.#owned)
      if (bytes < MOST_WAITING_BYTES && !except.has(partition)) yield [partition, fetch];
  }

  got({ partition, from, records, next, end }: Fetched): void {
    const owned = this.#owned.get(partition);
    // An answer to what was asked before the partitions were dealt anew.
    if (owned === undefined || owned.fetch !== from) return;
    for (const record of records) {
      owned.waiting.push(record);
      owned.bytes += record.value.length;
    }
    owned.fetch = next;
    this.reaches(partition, end);
    // Only markers of no content, if anything: nobody has to handle them.
    if (owned.waiting.length === 0 && owned.take === owned.passed) {
      owned.take = next;
      owned.passed = next;
    }
  }

  /** There are records up to `end`, not included. */
  reaches(partition: number, end: bigint): void {
    const owned = this.#owned.get(partition);
    if (owned !== undefined && end > owned.end) owned.end = end;
  }

  /** The position does not exist any more: goes on at the first one that does. */
  moveTo(partition: number, from: bigint, to: bigint): void {
    const owned = this.#owned.get(partition);
    if (owned === undefined || owned.fetch !== from) return;
    Object.assign(owned, { fetch: to, take: to, passed: to, waiting: [], bytes: 0 });
    if (owned.end < to) owned.end = to;
  }

  /** What was set aside may be tried again. */
  tryAgain(): void {
    this.#again = true;
  }

  /**
   * What was set aside and may be tried again, else the next records; at most `limit`, in order within each partition; null when there
   * are none. To be settled before the next is taken. Nothing is skipped that cannot be read (of a newer version, as a rule): its
   * partition stops there until somebody can.
   */
  take(limit: number): Batch<R> | null {
    if (this.#again) {
      this.#again = false;
      const batch = this.#takeAside(limit);
      if (batch !== null) return batch;
    }
    return this.#takeNew(limit);
  }

  #takeAside(limit: number): Batch<R> | null {
    const tries: [SetAside<bigint, R>, number][] = [];
    const records: R[] = [];
    for (const { aside } of this.#owned.values()) {
      const some = aside.next(limit - records.length);
      if (some.length === 0) continue;
      tries.push([aside, some.length]);
      records.push(...some);
    }
    if (records.length === 0) return null;
    const settle = (left: ReadonlySet<R>) => {
      for (const [aside, count] of tries) aside.tried(count, left);
      // There was more than one batch of it.
      if (left.size === 0 && this.aside > 0) this.#again = true;
    };
    return { records, settle };
  }

  #takeNew(limit: number): Batch<R> | null {
    const taken = new Map<number, Item<R>[]>();
    for (let more = true; more && taken.size === 0; ) more = this.#takeFromEach(limit, taken);
    // Whose turn it was comes last the next time.
    for (const partition of taken.keys()) {
      const owned = this.#owned.get(partition)!;
      this.#owned.delete(partition);
      this.#owned.set(partition, owned);
    }
    if (taken.size === 0) return null;
    const records = [...taken.values()].flatMap((items) => items.map(({ record }) => record));
    const place = new KeptBatch(this.#onFree);
    return { records, place, settle: (unfinished) => this.#settle(taken, unfinished, place) };
  }

  /** False: there is nothing more that could be taken. */
  #takeFromEach(limit: number, into: Map<number, Item<R>[]>): boolean {
    const now = performance.now();
    let count = 0;
    let passed = false;
    for (const [partition, owned] of this.#owned) {
      if (count >= limit) break;
      if (owned.waiting.length === 0 || owned.restsUntil > now || owned.aside.isFull) continue;
      const items = this.#read(partition, owned, limit - count);
      count += items.length;
      if (items.length > 0) into.set(partition, items);
      else if (owned.passed < owned.take) {
        owned.passed = owned.take;
        passed = true;
      }
    }
    return passed;
  }

  #settle(taken: Map<number, Item<R>[]>, unfinished: ReadonlySet<R>, place: KeptBatch): void {
    for (const [partition, items] of taken) {
      const owned = this.#owned.get(partition);
      if (owned === undefined) continue;
      owned.passed = owned.take;
      owned.kept.add(items[0]!.at, place);
      for (const { at, record } of items) if (unfinished.has(record)) owned.aside.add(at, record);
    }
  }

  /** When a partition that rests goes on, milliseconds from now; null: none rests. */
  get restMs(): number | null {
    const now = performance.now();
    let rest: number | null = null;
    for (const { restsUntil, waiting } of this.#owned.values())
      if (waiting.length > 0 && restsUntil > now) rest = Math.min(rest ?? restsUntil - now, restsUntil - now);
    return rest;
  }

  /** Finished, kept for nobody, and not committed. */
  get uncommitted(): Map<number, bigint> {
    const offsets = new Map<number, bigint>();
    for (const [partition, owned] of this.#owned) {
      const committable = committableOf(owned);
      if (committable > owned.committed) offsets.set(partition, committable);
    }
    return offsets;
  }

  committed(offsets: Map<number, bigint>): void {
    for (const [partition, offset] of offsets) {
      const owned = this.#owned.get(partition);
      if (owned !== undefined && offset > owned.committed) owned.committed = offset;
    }
  }

  /** Whether all that is ours has been committed up to these positions. */
  reached(ends: Map<number, bigint>): boolean {
    for (const [partition, end] of ends) {
      const owned = this.#owned.get(partition);
      if (owned !== undefined && owned.committed < end) return false;
    }
    return true;
  }

  /** Takes what may be handed out, at most `limit`; on the way, what has to stay behind what was set aside is put to it. */
  #read(partition: number, owned: Owned<R>, limit: number): Item<R>[] {
    const items: Item<R>[] = [];
    let taken = 0;
    for (const fetched of owned.waiting) {
      if (taken >= limit) break;
      try {
        const record = this.#kind.read(partition, fetched);
        taken++;
        if (record !== undefined) items.push({ at: fetched.offset, record });
      } catch (error) {
        if (taken === 0) {
          owned.restsUntil = performance.now() + UNREADABLE_REST_MS;
          this.#onUnreadable(error);
        }
        break;
      }
    }
    for (const { value } of owned.waiting.splice(0, taken)) owned.bytes -= value.length;
    owned.take = owned.waiting[0]?.offset ?? owned.fetch;
    return owned.aside.sift(items);
  }
}

/** Up to here, not included, everything is finished. */
function finishedOf<R>({ aside, passed }: Owned<R>): bigint {
  return aside.first ?? passed;
}

/** Up to here, not included, nothing has to come again after a crash. */
function committableOf<R>(owned: Owned<R>): bigint {
  const finished = finishedOf(owned);
  const { first } = owned.kept;
  return first !== undefined && first < finished ? first : finished;
}
