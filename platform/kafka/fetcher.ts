import { setTimeout as pause } from 'node:timers/promises';
import {
  Consumer,
  type fetchV17,
  IS_CONTROL,
  ListOffsetTimestamps,
  type RecordsBatch,
} from '@platformatic/kafka';
import { Refused } from '../../protocol/errors.ts';
import { within } from '../within.ts';
import { ISOLATION, type Kafka, type Topic } from './kafka.ts';
import { OFFSET_OUT_OF_RANGE, unlessStopped } from './trouble.ts';

export interface FetchedRecord {
  offset: bigint;
  key: Buffer;
  value: Buffer;
}

export interface Fetched {
  partition: number;
  /** What was asked for. */
  from: bigint;
  records: FetchedRecord[];
  /** Where to go on. */
  next: bigint;
  /** Behind the last record there is. */
  end: bigint;
}

export interface FetcherParts {
  /** The positions from which there is something to read and room to keep it. */
  wanted(): Iterable<readonly [partition: number, offset: bigint]>;
  /** In order within each partition. */
  got(fetched: Fetched): void;
  /** What is at this position is not there any more, or nothing ever was. */
  outOfRange(partition: number, from: bigint): void;
  /** Told each time something could not be read, and will be tried again. */
  onFailure(error: unknown): void;
}

type FetchRequestPartition = fetchV17.FetchRequestPartition;
type FetchResponse = fetchV17.FetchResponse;

const MAX_WAIT_MS = 500;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_PARTITION_BYTES = 1024 * 1024;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;

/** Reads partitions of a topic, without a group: one request at a time to each broker that leads some of them. */
export class Fetcher {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #parts: FetcherParts;
  readonly #client: Consumer;
  readonly #stopping = new AbortController();
  /** Partitions that a request is under way for. */
  readonly #busy = new Set<number>();
  /** Brokers that a request is under way to. */
  readonly #asked = new Map<number, Promise<void>>();
  #started = false;
  #looking = false;
  #lookAgain = false;
  #failures = 0;
  #lastFetch: number | null = null;

  constructor(kafka: Kafka, topic: Topic, group: string, parts: FetcherParts) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#parts = parts;
    const requestTimeout = kafka.deadlineMs + MAX_WAIT_MS;
    this.#client = new Consumer({
      ...kafka.client(),
      groupId: group,
      isolationLevel: ISOLATION,
      requestTimeout,
    });
    this.#client.on('error', () => {});
    this.#client.topics.track(topic.name);
  }

  /** When an answer came last, by `performance.now()`. */
  get lastFetch(): number | null {
    return this.#lastFetch;
  }

  /** Begins, or looks again at what is wanted. */
  wake(): void {
    this.#started = true;
    this.#lookAgain = true;
    if (!this.#looking) void this.#look();
  }

  /** Where partitions begin or end now. @throws {Refused} unavailable */
  async offsets(at: 'begin' | 'end', partitions: Iterable<number>): Promise<Map<number, bigint>> {
    const asked = [...partitions];
    if (asked.length === 0) return new Map();
    const { name } = this.#topic;
    const timestamp = at === 'begin' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
    const offsets = await this.#call(async () => {
      try {
        return await this.#client.listOffsets({ topics: [name], partitions: { [name]: asked }, timestamp });
      } catch (error) {
        this.#client.clearMetadata();
        throw error;
      }
    });
    const found = offsets.get(name);
    return new Map(
      asked.map((partition) => {
        const offset = found?.[partition];
        if (offset === undefined) throw new Refused('unavailable', this.#kafka.engine.name);
        return [partition, offset] as const;
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(Promise.allSettled([this.#client.close(true)]), this.#kafka.deadlineMs);
    await within(Promise.all(this.#asked.values()), this.#kafka.deadlineMs);
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #call<T>(work: () => Promise<T>, deadlineMs?: number): Promise<T> {
    return this.#kafka.engine.run(() => unlessStopped(this.#stopping.signal, work), deadlineMs);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#lookAgain && this.#started && !this.#stopped) {
      this.#lookAgain = false;
      try {
        await this.#askAll();
      } catch (error) {
        await this.#failed(error);
        this.#lookAgain = true;
      }
    }
    this.#looking = false;
  }

  async #askAll(): Promise<void> {
    const { name } = this.#topic;
    const { engine } = this.#kafka;
    const metadata = await this.#call(() => this.#client.metadata({ topics: [name] }));
    const topic = metadata.topics.get(name);
    if (topic === undefined) throw new Refused('unavailable', engine.name);
    const byLeader = new Map<number, FetchRequestPartition[]>();
    for (const [partition, fetchOffset] of this.#parts.wanted()) {
      if (this.#busy.has(partition)) continue;
      const leader = topic.partitions[partition]?.leader ?? NONE;
      if (this.#asked.has(leader)) continue;
      const asked = byLeader.get(leader) ?? [];
      byLeader.set(leader, asked);
      asked.push({
        partition,
        fetchOffset,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: MOST_PARTITION_BYTES,
      });
    }
    for (const [leader, partitions] of byLeader) {
      const asking = this.#ask(leader, topic.id, partitions).finally(() => {
        this.#asked.delete(leader);
        if (!this.#stopped) this.wake();
      });
      this.#asked.set(leader, asking);
    }
  }

  async #ask(node: number, topicId: string, partitions: FetchRequestPartition[]): Promise<void> {
    for (const { partition } of partitions) this.#busy.add(partition);
    const free = () => {
      for (const { partition } of partitions) this.#busy.delete(partition);
    };
    const from = new Map(partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset]));
    const { engine, deadlineMs } = this.#kafka;
    let answer: FetchResponse;
    let failure: unknown = null;
    try {
      answer = await this.#call(async () => {
        if (node === NONE) throw new Refused('unavailable', engine.name);
        try {
          return await this.#client.fetch({
            node,
            topics: [{ topicId, partitions }],
            minBytes: 1,
            maxBytes: MOST_BYTES,
            maxWaitTime: MAX_WAIT_MS,
          });
        } catch (error) {
          // Some partitions may have been answered all the same, and the others say what is the matter.
          const response = (error as { response?: FetchResponse }).response;
          if (response?.responses === undefined || response.responses.length === 0) throw error;
          failure = error;
          return response;
        }
      }, deadlineMs + MAX_WAIT_MS);
    } catch (error) {
      await this.#failed(error);
      free();
      return;
    }
    free();
    if (this.#stopped) return;
    const ranged = this.#handOut(answer, from);
    this.#lastFetch = performance.now();
    if (failure !== null && !ranged) await this.#failed(failure);
    else this.#failures = 0;
  }

  /** True when the only thing that was wrong is that positions are out of range. */
  #handOut({ responses }: FetchResponse, from: Map<number, bigint>): boolean {
    let onlyRange = true;
    for (const { partitions } of responses)
      for (const { partitionIndex: partition, errorCode, highWatermark: end, records } of partitions) {
        const asked = from.get(partition);
        if (asked === undefined) continue;
        if (errorCode === OFFSET_OUT_OF_RANGE) this.#parts.outOfRange(partition, asked);
        else if (errorCode !== 0) onlyRange = false;
        else this.#parts.got({ partition, from: asked, end, ...recordsOf(records ?? [], asked) });
      }
    return onlyRange;
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#stopped) return;
    this.#client.clearMetadata();
    this.#parts.onFailure(error);
    const wait = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

/** No broker leads the partition at present. */
const NONE = -1;

function recordsOf(batches: RecordsBatch[], from: bigint): { records: FetchedRecord[]; next: bigint } {
  const records: FetchedRecord[] = [];
  let next = from;
  for (const batch of batches) {
    if ((batch.attributes & IS_CONTROL) === 0)
      for (const { offsetDelta, key, value } of batch.records) {
        const offset = batch.firstOffset + BigInt(offsetDelta);
        // A batch comes whole, also when only its end was asked for.
        if (offset >= from) records.push({ offset, key: key ?? EMPTY, value: value ?? EMPTY });
      }
    const after = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (after > next) next = after;
  }
  return { records, next };
}

const EMPTY = Buffer.alloc(0);
