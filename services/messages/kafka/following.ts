import { type FetchedRecord, Fetcher } from '../../../platform/kafka/fetcher.ts';
import type { Kafka, Topic } from '../../../platform/kafka/kafka.ts';
import type { FeedReader, Tidings } from '../feed.ts';
import { type FeedRecord, fromRecords, isPlainEvent } from '../feed-records.ts';

export interface FollowingOptions {
  /** Told each time something could not be read, and will be tried again. */
  onFailure?: (error: unknown) => void;
  /** Told of a record that nobody can read: it is passed over. Its place says which, never its content. */
  onBadRecord?: (place: { partition: number; offset: bigint }) => void;
}

const RETRY_MS = 500;

/** A reader of all partitions, from where they ended when it began. */
export class Following {
  readonly #reader: FeedReader;
  readonly #options: FollowingOptions;
  readonly #topic: Topic;
  readonly #fetcher: Fetcher;
  /** Where each partition is to be read next. Memory only: history and the cursors are the truth. */
  readonly #positions = new Map<number, bigint>();
  readonly #ends = new Map<number, bigint>();
  #stopped = false;
  bad = 0;

  constructor(kafka: Kafka, topic: Topic, reader: FeedReader, options: FollowingOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#topic = topic;
    this.#fetcher = new Fetcher(kafka, topic, `${kafka.prefix}-feed`, {
      wanted: () => this.#positions,
      got: ({ partition, from, records, next, end }) => {
        if (this.#stopped || this.#positions.get(partition) !== from) return;
        this.#positions.set(partition, next);
        this.#ends.set(partition, end);
        if (records.length > 0) this.#read(partition, records);
      },
      outOfRange: (partition, from) => this.#outOfRange(partition, from),
      onFailure: (error) => options.onFailure?.(error),
    });
  }

  async begin(): Promise<void> {
    const all = Array.from({ length: this.#topic.partitions }, (_, partition) => partition);
    for (const [partition, end] of await this.#fetcher.offsets('end', all)) {
      this.#positions.set(partition, end);
      this.#ends.set(partition, end);
    }
    this.#fetcher.wake();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#fetcher.stop();
  }

  get lastFetch(): number | null {
    return this.#fetcher.lastFetch;
  }

  get lag(): number {
    let lag = 0n;
    for (const [partition, end] of this.#ends) lag += end - (this.#positions.get(partition) ?? end);
    return Number(lag);
  }

  #read(partition: number, fetched: FetchedRecord[]): void {
    const wants = (stream: string) => this.#reader.wants(stream);
    const records: (FeedRecord & { offset: bigint })[] = [];
    for (const { offset, key, value } of fetched) {
      const stream = key.toString();
      // Most of what is written concerns nobody here: it is not even decoded.
      if (isPlainEvent(value) && !wants(stream)) continue;
      records.push({ offset, key: stream, value: value.toString() });
    }
    if (records.length === 0) return;
    let tidings: Tidings;
    try {
      tidings = fromRecords(records, wants);
    } catch {
      tidings = fromRecords(this.#readable(partition, records), wants);
    }
    try {
      this.#reader.read(tidings);
    } catch (error) {
      // What a reader makes of it is his; the others, and what comes next, do not wait for him.
      this.#options.onFailure?.(error);
    }
  }

  #readable(partition: number, records: (FeedRecord & { offset: bigint })[]): FeedRecord[] {
    return records.filter((record) => {
      try {
        fromRecords([record], () => true);
        return true;
      } catch {
        this.bad++;
        this.#options.onBadRecord?.({ partition, offset: record.offset });
        return false;
      }
    });
  }

  /** The stream has gone on without us for longer than it is kept, or was made anew. */
  #outOfRange(partition: number, from: bigint): void {
    if (this.#stopped || this.#positions.get(partition) !== from) return;
    this.#positions.delete(partition);
    void this.#catchUp(partition);
  }

  async #catchUp(partition: number): Promise<void> {
    while (!this.#stopped) {
      try {
        const end = (await this.#fetcher.offsets('end', [partition])).get(partition)!;
        if (this.#stopped) return;
        this.#positions.set(partition, end);
        this.#ends.set(partition, end);
        this.#fetcher.wake();
        return this.#reader.onGap();
      } catch (error) {
        this.#options.onFailure?.(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
