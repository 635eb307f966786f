import { retryPause, sleep } from '../../../platform/retry-pause.ts';
import type { Consumer, KeepingHandler, Ordering, Place } from '../consuming.ts';
import { type Batch, HandlerLoop } from '../handler-loop.ts';
import { KeptBatch, KeptPlaces } from '../kept-places.ts';
import { SetAside } from '../set-aside.ts';
import type { Leases, OwnedPartition } from './leases.ts';

/** What the consumer stands on. */
export interface PartitionedSource<R> extends Ordering<R> {
  /** At most `limit` entries after n, in order. Null: there are none. @throws what cannot be read */
  read(partition: number, after: number, limit: number): Promise<Read<R> | null>;
  /** Resolves when the writes that have begun here are durable or refused. */
  settled(): Promise<void>;
}

export interface Read<R> {
  /** `at`: n of its partition. Some entries may be nobody's to handle. */
  records: { at: number; record: R }[];
  /** n of the last entry. */
  end: number;
}

export interface PartitionedOptions {
  maxBatch: number;
  retryMaxMs: number;
  /** How long what was handled may wait for its commit, milliseconds: many batches, one commit. A crash meanwhile brings them again. */
  commitDelayMs: number;
  onFailure?: ((error: unknown) => void) | undefined;
}

/** Of a batch, what is of one partition. */
interface Part<R> {
  owned: OwnedPartition;
  records: R[];
  settle(unfinished: ReadonlySet<R>, place: KeptBatch): void;
}

/**
 * The loop between the partitions that this process owns and its handler: one batch at a time, of all of them together, in order within
 * each; committed behind as far as everything is finished, repeated when it failed. A batch is handed out only while the leases on all
 * that is in it are fresh.
 */
export class PartitionedConsumer<R> implements Consumer {
  readonly #source: PartitionedSource<R>;
  readonly #leases: Leases;
  readonly #options: PartitionedOptions;
  readonly #loop: HandlerLoop<R>;
  readonly #stopping = new AbortController();
  /** With the handler, or to come again. */
  #out: Part<R>[] = [];
  /** Where what was set aside may be tried again. */
  readonly #again = new Set<OwnedPartition>();
  readonly #aside = new WeakMap<OwnedPartition, SetAside<number, R>>();
  readonly #kept = new WeakMap<OwnedPartition, KeptPlaces<number>>();
  #committing: Promise<void> | null = null;
  #urgent = new AbortController();
  #drains: { targets: [OwnedPartition, number][]; resolve: () => void; reject: (error: Error) => void }[] =
    [];
  /** Partitions of which something could not be read, and until when they are left alone. */
  readonly #unreadable = new Map<OwnedPartition, number>();

  constructor(
    source: PartitionedSource<R>,
    leases: Leases,
    handler: KeepingHandler<R>,
    options: PartitionedOptions,
  ) {
    this.#source = source;
    this.#leases = leases;
    this.#options = options;
    this.#loop = new HandlerLoop(
      {
        next: () => this.#next(),
        mayHandOut: () => this.#out.every(({ owned }) => this.#leases.isFresh(owned)),
        again: () => {
          for (const owned of this.#leases.owned.values()) this.#again.add(owned);
        },
        onSettled: () => this.#commitBehind(),
      },
      (records, place) => this.#handle(records, place, handler),
      options,
    );
  }

  get lag(): number {
    let lag = 0;
    // What is kept for after a crash is neither to be handled nor to be committed.
    for (const owned of this.#leases.owned.values())
      lag += Math.max(0, owned.last - this.#finishedOf(owned) + owned.handled - owned.committed);
    return lag;
  }

  get waiting(): number {
    let waiting = 0;
    for (const owned of this.#leases.owned.values()) waiting += this.#asideOf(owned).size;
    return waiting;
  }

  /** There is something new, or something changed. */
  wake(): void {
    this.#loop.wake();
    this.#resolveDrains();
  }

  pause(): Promise<void> {
    return this.#loop.pause();
  }

  resume(): void {
    this.#loop.resume();
  }

  async drained(): Promise<void> {
    await this.#source.settled();
    const targets = [...this.#leases.owned.values()].map((owned): [OwnedPartition, number] => [
      owned,
      owned.last,
    ]);
    const drained = new Promise<void>((resolve, reject) => this.#drains.push({ targets, resolve, reject }));
    this.#resolveDrains();
    this.#urgent.abort();
    await drained;
  }

  /** What was handled is committed as far as it can be. The leases are the caller's. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#urgent.abort();
    await this.#loop.stop();
    await this.#committing;
    for (const { reject } of this.#drains.splice(0)) reject(new Error('the consumer was stopped'));
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #next(): Promise<Batch<R> | null> {
    while (!this.#stopped) {
      let parts = this.#out;
      if (parts.length === 0) parts = this.#takeAside();
      if (parts.length === 0) {
        if (this.#ready().length === 0) return null;
        parts = await this.#read();
      }
      await this.#makeSure(parts);
      this.#out = parts.filter(({ owned }) => this.#leases.isFresh(owned));
      // What of it was set aside is tried when it is certain again.
      for (const { owned } of parts) if (!this.#leases.isFresh(owned)) this.#again.add(owned);
      if (this.#out.length > 0) return this.#batch(this.#out);
      this.#commitBehind();
    }
    return null;
  }

  #batch(parts: Part<R>[]): Batch<R> {
    const place = new KeptBatch(() => this.#freed());
    return {
      records: parts.flatMap(({ records }) => records),
      place,
      settle: (unfinished) => {
        this.#out = [];
        for (const { owned, settle } of parts) {
          settle(unfinished, place);
          this.#noteFinished(owned);
        }
      },
    };
  }

  async #handle(records: R[], place: Place, handler: KeepingHandler<R>): ReturnType<KeepingHandler<R>> {
    const parts = this.#out;
    for (const { owned } of parts) owned.underWay = true;
    try {
      return await handler(records, place);
    } finally {
      for (const { owned } of parts) owned.underWay = false;
    }
  }

  /** What was set aside and may be tried again. */
  #takeAside(): Part<R>[] {
    const parts: Part<R>[] = [];
    let room = this.#options.maxBatch;
    for (const owned of this.#again) {
      if (room === 0) break;
      // Its turn comes when its lease has been renewed.
      if (this.#leases.isOurs(owned) && !owned.leaving && !this.#leases.isFresh(owned)) continue;
      this.#again.delete(owned);
      const records = this.#leases.isFresh(owned) ? this.#asideOf(owned).next(room) : [];
      if (records.length === 0) continue;
      room -= records.length;
      parts.push({ owned, records, settle: (left) => this.#tried(owned, records, left) });
    }
    return parts;
  }

  #tried(owned: OwnedPartition, records: R[], left: ReadonlySet<R>): void {
    const aside = this.#asideOf(owned);
    aside.tried(records.length, left);
    // There was more than one batch of it.
    if (aside.size > 0 && !records.some((record) => left.has(record))) this.#again.add(owned);
  }

  /** The partitions that have something to be read. */
  #ready(): OwnedPartition[] {
    const now = performance.now();
    return [...this.#leases.owned.values()].filter(
      (owned) =>
        owned.passed < owned.last &&
        this.#leases.isFresh(owned) &&
        !this.#asideOf(owned).isFull &&
        (this.#unreadable.get(owned) ?? 0) <= now,
    );
  }

  async #read(): Promise<Part<R>[]> {
    const ready = this.#ready().slice(0, this.#options.maxBatch);
    const limit = Math.ceil(this.#options.maxBatch / ready.length);
    const outcomes = await Promise.allSettled(
      ready.map(({ partition, passed }) => this.#source.read(partition, passed, limit)),
    );
    const parts: Part<R>[] = [];
    for (const [i, outcome] of outcomes.entries()) {
      const owned = ready[i]!;
      if (outcome.status === 'rejected') {
        // It stands still, and says so; the others go on.
        this.#unreadable.set(owned, performance.now() + this.#options.retryMaxMs);
        setTimeout(() => this.wake(), this.#options.retryMaxMs + 1).unref();
        this.#options.onFailure?.(outcome.reason);
        continue;
      }
      this.#unreadable.delete(owned);
      // Written and gone: nothing but the loss of a server's data does that.
      const { records, end } = outcome.value ?? { records: [], end: Math.max(owned.passed, owned.last) };
      const part = this.#part(owned, records, end);
      if (part !== null) parts.push(part);
    }
    for (const owned of this.#unreadable.keys())
      if (!this.#leases.isOurs(owned)) this.#unreadable.delete(owned);
    return parts;
  }

  /** Null: it is nobody's to handle, or has to stay behind something. */
  #part(owned: OwnedPartition, read: Read<R>['records'], end: number): Part<R> | null {
    const aside = this.#asideOf(owned);
    const items = aside.sift(read);
    const settle = (unfinished: ReadonlySet<R>, place: KeptBatch | null) => {
      owned.passed = end;
      if (place !== null && items.length > 0) this.#keptOf(owned).add(items[0]!.at, place);
      for (const { at, record } of items) if (unfinished.has(record)) aside.add(at, record);
    };
    if (items.length > 0) return { owned, records: items.map(({ record }) => record), settle };
    settle(NONE, null);
    this.#noteFinished(owned);
    return null;
  }

  /**
   * Finds out whether this process still owns what it holds: it may have been stopped since it read, and another may have handled all
   * this long ago.
   * @throws {Refused} unavailable: it cannot be found out
   */
  async #makeSure(held: Part<R>[]): Promise<void> {
    const doubtful = held.some(({ owned }) => !owned.leaving && !this.#leases.isFresh(owned));
    if (doubtful) await this.#leases.renew();
  }

  #asideOf(owned: OwnedPartition): SetAside<number, R> {
    const known = this.#aside.get(owned);
    if (known !== undefined) return known;
    const aside = new SetAside<number, R>(this.#source);
    this.#aside.set(owned, aside);
    return aside;
  }

  #keptOf(owned: OwnedPartition): KeptPlaces<number> {
    const known = this.#kept.get(owned);
    if (known !== undefined) return known;
    const kept = new KeptPlaces<number>();
    this.#kept.set(owned, kept);
    return kept;
  }

  #finishedOf(owned: OwnedPartition): number {
    const { first } = this.#asideOf(owned);
    return first === undefined ? owned.passed : first - 1;
  }

  #noteFinished(owned: OwnedPartition): void {
    const finished = this.#finishedOf(owned);
    const kept = this.#keptOf(owned).first;
    owned.handled = kept === undefined ? finished : Math.min(finished, kept - 1);
  }

  /** Something is not kept any more: more may be committed. */
  #freed(): void {
    if (this.#stopped) return;
    for (const owned of this.#leases.owned.values()) this.#noteFinished(owned);
    this.#commitBehind();
  }

  #commitBehind(): void {
    if (this.#behind().length > 0) this.#committing ??= this.#commit();
  }

  async #commit(): Promise<void> {
    let failures = 0;
    while (this.#behind().length > 0) {
      if (this.#drains.length === 0 && !this.#stopped) {
        this.#urgent = new AbortController();
        await sleep(this.#options.commitDelayMs, this.#urgent.signal);
      }
      try {
        await Promise.all(this.#behind().map((owned) => this.#leases.commit(owned, owned.handled)));
        await this.#leases.letGo();
        failures = 0;
      } catch (error) {
        this.#options.onFailure?.(error);
        // What was handled comes again, to whoever has the partition then.
        if (this.#stopped) break;
        await retryPause(++failures, this.#options.retryMaxMs, this.#stopping.signal);
      }
      this.#resolveDrains();
    }
    this.#committing = null;
  }

  /** What was handled and is not committed. */
  #behind(): OwnedPartition[] {
    return [...this.#leases.owned.values()].filter(({ handled, committed }) => committed < handled);
  }

  #resolveDrains(): void {
    const isDone = ([owned, n]: [OwnedPartition, number]) =>
      owned.committed >= n || !this.#leases.isOurs(owned);
    const waiting = this.#drains;
    this.#drains = [];
    for (const drain of waiting) {
      if (drain.targets.every(isDone)) drain.resolve();
      else this.#drains.push(drain);
    }
  }
}

const NONE: ReadonlySet<never> = new Set();
