import { setTimeout as timer } from 'node:timers/promises';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { type Script, script, withoutArguments } from '../../../platform/redis/script.ts';
import type { FeedReader, Tidings } from '../feed.ts';
import { type FeedRecord, fromRecords } from '../feed-records.ts';
import { END, type FeedKeys } from './feed-scripts.ts';
import { idOf, numberOf } from './log-scripts.ts';

export interface FollowerOptions {
  blockMs: number;
  onFailure?(error: unknown): void;
}

/** Where a stream ends: n of its newest record, and in which life of the server. */
export type FeedEnd = [n: number, life: string];

/** Records of a stream that one read takes. */
const MOST_READ = 200;
const RETRY_MS = 200;
/** How often it is asked where the streams end while there is always something to read, so that the lag stays known. */
const LOOK_MS = 5_000;

/** Reads some of the streams on a connection of its own, from where they ended, for ever. */
export class FeedFollower {
  readonly #redis: RedisConnection;
  readonly #keys: FeedKeys;
  /** Of each stream, n of the newest record that was read. */
  readonly #read = new Map<number, number>();
  /** Of each stream, n of the newest record that we know of. */
  readonly #ends = new Map<number, number>();
  readonly #lives = new Map<number, string>();
  readonly #end: Script<FeedEnd>;
  readonly #reader: FeedReader;
  readonly #options: FollowerOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;

  /** @param redis a connection that may block for `blockMs`, and is closed here */
  constructor(
    redis: RedisConnection,
    keys: FeedKeys,
    ends: Map<number, FeedEnd>,
    reader: FeedReader,
    options: FollowerOptions,
  ) {
    this.#redis = redis;
    this.#keys = keys;
    this.#end = script<FeedEnd>(redis.client, 'feedEnd', END);
    for (const [i, [n, life]] of ends) {
      this.#read.set(i, n);
      this.#ends.set(i, n);
      this.#lives.set(i, life);
    }
    this.#reader = reader;
    this.#options = options;
    this.#loop = this.#run();
  }

  /** Written and not yet read, as far as it is known. */
  get lag(): number {
    let lag = 0;
    for (const [i, end] of this.#ends) lag += Math.max(0, end - this.#read.get(i)!);
    return lag;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // A read that blocks ends with its connection.
    this.#redis.client.disconnect();
    await this.#loop;
    await this.#redis.close();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    let doubtful = false;
    let failures = 0;
    let lookedAt = performance.now();
    while (!this.#stopped) {
      try {
        if (this.#redis.client.status !== 'ready') throw new Error('Connection is closed.');
        if (doubtful || performance.now() - lookedAt > LOOK_MS) {
          await this.#checkEnds();
          lookedAt = performance.now();
        }
        // Whoever hears nothing looks whether that is for want of news.
        doubtful = !(await this.#next());
        failures = 0;
      } catch (error) {
        doubtful = true;
        if (this.#stopped) break;
        // At first it is not connected yet.
        if (++failures === 10) this.#options.onFailure?.(withoutArguments(error));
        await timer(RETRY_MS * (0.5 + Math.random()), undefined, { signal: this.#stopping.signal }).catch(
          () => {},
        );
      }
    }
  }

  /** False: there was nothing. */
  async #next(): Promise<boolean> {
    const streams = [...this.#read.keys()];
    const answer = await this.#redis.client.xread(
      'COUNT',
      MOST_READ,
      'BLOCK',
      this.#options.blockMs,
      'STREAMS',
      ...streams.map((i) => this.#keys.stream(i)),
      ...streams.map((i) => idOf(this.#read.get(i)!)),
    );
    if (this.#stopped || answer === null) return this.#stopped;
    const byKey = new Map(streams.map((i) => [this.#keys.stream(i), i]));
    const records: FeedRecord[] = [];
    let gap = false;
    for (const [key, entries] of answer) {
      const i = byKey.get(key)!;
      for (const [id, [, recordKey, , value]] of entries) {
        const n = numberOf(id);
        if (n !== this.#read.get(i)! + 1) gap = true;
        this.#read.set(i, n);
        records.push({ key: recordKey!, value: value! });
      }
    }
    if (gap) this.#reader.onGap();
    this.#hand(records);
    return true;
  }

  /**
   * A server that has lost what it had counts from where it still knows: in another life of it, records may have numbers that were
   * read before.
   */
  async #checkEnds(): Promise<void> {
    for (const [i, read] of this.#read) {
      const [last, life] = await this.#end([this.#keys.last(i)]);
      this.#ends.set(i, last);
      if (last >= read && life === this.#lives.get(i)) continue;
      this.#read.set(i, Math.min(last, read));
      this.#lives.set(i, life);
      this.#reader.onGap();
    }
  }

  #hand(records: FeedRecord[]): void {
    const wants = (stream: string) => this.#reader.wants(stream);
    let tidings: Tidings;
    try {
      tidings = fromRecords(records, wants);
    } catch {
      if (records.length > 1) {
        for (const record of records) this.#hand([record]);
        return;
      }
      // It is passed over, and what it said is looked up like all that was missed. What was wrong with it would quote it.
      this.#options.onFailure?.(new Error('a record of the event stream cannot be read'));
      this.#reader.onGap();
      return;
    }
    const { events = [], answers = [], erased = [] } = tidings;
    if (events.length + answers.length + erased.length > 0) this.#reader.read(tidings);
  }
}
