import type { Fetched } from '../../../platform/kafka/fetcher.ts';
import type { LogRecord } from '../log.ts';
import { recordOf } from './log-records.ts';

interface Owned {
  /** Where to fetch next. */
  fetch: bigint;
  /** Where to hand out next. */
  take: bigint;
  /** Handled up to, not included. */
  handled: bigint;
  committed: bigint;
  /** Behind the last record that we know of. */
  end: bigint;
  /** Fetched and not handed out yet, in order. */
  waiting: { offset: bigint; value: Buffer }[];
  bytes: number;
  /** Until when the partition rests because of a record that cannot be read, by `performance.now()`. */
  restsUntil: number;
}

export interface Batch {
  records: LogRecord[];
  /** Behind the last record of each partition in it. */
  ends: Map<number, bigint>;
}

/** Fetched ahead, each partition: beyond it is fetched no more until something has been handed out. */
const MOST_WAITING_BYTES = 1024 * 1024;
const UNREADABLE_REST_MS = 5_000;

/** The partitions that this process owns, what has been fetched of them, and how far it has got with each. */
export class OwnedPartitions {
  readonly #owned = new Map<number, Owned>();
  readonly #onUnreadable: (error: unknown) => void;

  constructor(onUnreadable: (error: unknown) => void) {
    this.#onUnreadable = onUnreadable;
  }

  begin(positions: Map<number, bigint>, ends: Map<number, bigint>): void {
    this.#owned.clear();
    for (const [partition, at] of positions) {
      const end = ends.get(partition) ?? at;
      this.#owned.set(partition, {
        fetch: at,
        take: at,
        handled: at,
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

  /** Not yet committed. */
  get lag(): number {
    let lag = 0n;
    for (const { end, committed } of this.#owned.values()) lag += end - committed;
    return Number(lag);
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
    for (const { offset, value } of records) {
      owned.waiting.push({ offset, value });
      owned.bytes += value.length;
    }
    owned.fetch = next;
    this.reaches(partition, end);
    // Only markers of no content, if anything: nobody has to handle them.
    if (owned.waiting.length === 0 && owned.take === owned.handled) {
      owned.take = next;
      owned.handled = next;
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
    Object.assign(owned, { fetch: to, take: to, handled: to, waiting: [], bytes: 0 });
    if (owned.end < to) owned.end = to;
  }

  /** The next records, at most `limit`, in order within each partition; null when there are none. */
  take(limit: number): Batch | null {
    const now = performance.now();
    const batch: Batch = { records: [], ends: new Map() };
    for (const [partition, owned] of this.#owned) {
      if (owned.waiting.length === 0 || owned.restsUntil > now) continue;
      const room = limit - batch.records.length;
      if (room <= 0) break;
      const taken = this.#read(partition, owned, room, batch.records);
      if (taken === 0) continue;
      for (const { value } of owned.waiting.splice(0, taken)) owned.bytes -= value.length;
      owned.take = owned.waiting[0]?.offset ?? owned.fetch;
      batch.ends.set(partition, owned.take);
    }
    // Whose turn it was comes last the next time.
    for (const partition of batch.ends.keys()) {
      const owned = this.#owned.get(partition)!;
      this.#owned.delete(partition);
      this.#owned.set(partition, owned);
    }
    return batch.records.length === 0 ? null : batch;
  }

  /** When a partition that rests goes on, milliseconds from now; null: none rests. */
  get restMs(): number | null {
    const now = performance.now();
    let rest: number | null = null;
    for (const { restsUntil, waiting } of this.#owned.values())
      if (waiting.length > 0 && restsUntil > now) rest = Math.min(rest ?? restsUntil - now, restsUntil - now);
    return rest;
  }

  handled(ends: Map<number, bigint>): void {
    for (const [partition, end] of ends) {
      const owned = this.#owned.get(partition);
      if (owned !== undefined) owned.handled = end;
    }
  }

  /** Handled and not committed. */
  get uncommitted(): Map<number, bigint> {
    const offsets = new Map<number, bigint>();
    for (const [partition, { handled, committed }] of this.#owned)
      if (handled > committed) offsets.set(partition, handled);
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

  /**
   * How many were read. What was accepted is not skipped: a partition stops at a record that cannot be read (of a newer version, as a rule)
   * until somebody can.
   */
  #read(partition: number, owned: Owned, limit: number, into: LogRecord[]): number {
    let taken = 0;
    for (const { offset, value } of owned.waiting) {
      if (taken >= limit) break;
      try {
        into.push(recordOf(partition, offset, value));
        taken++;
      } catch (error) {
        if (taken === 0) {
          owned.restsUntil = performance.now() + UNREADABLE_REST_MS;
          this.#onUnreadable(error);
        }
        break;
      }
    }
    return taken;
  }
}
