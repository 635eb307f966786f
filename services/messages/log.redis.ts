import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { Refused } from '../../protocol/errors.ts';
import { parseLogged } from '../../protocol/parse.ts';
import type { CommandLog, LogConsumer, LogEntry, LogHandler, LogRecord } from './log.ts';
import { LOG_ORDER } from './log-order.ts';
import { partitionKey } from './partition-key.ts';
import { Consuming } from './redis/consuming.ts';
import { idOf, type LogKeys, logKeys, numberOf } from './redis/log-scripts.ts';
import { LogWriter } from './redis/log-writer.ts';
import { partitionOf } from './redis/partition-of.ts';
import type { PartitionedOptions, Read } from './redis/partitioned-consumer.ts';

export interface RedisLogOptions extends Partial<PartitionedOptions> {
  /** When the log is used for the first time; later it has as many as it had then. */
  partitions: number;
  /** Milliseconds for which partitions stay with a process that gives no sign of life. Default 10,000. */
  leaseMs?: number;
  /** Milliseconds an entry may wait for its turn to be sent. Default 5,000. */
  deadlineMs?: number;
  /** Entries of a partition that wait to be handled; beyond it appends are refused as `overloaded`. Default 100,000. */
  mostEntries?: number;
  /** Told how many entries became durable together. */
  onAppended?(count: number): void;
  /** What this process consumes from now on, and not any more. */
  onAssigned?(partitions: number[]): void;
  onLost?(partitions: number[]): void;
}

const MOST_WAITING = 20_000;
const OVERLOADED_RETRY_MS = 500;

/**
 * The command log on Redis Streams, for those who do not want Kafka. A partition is a stream of what is not handled yet: its entries have
 * consecutive numbers, and commit removes them. A position is made of the number and the partition: it grows along each partition.
 */
export class RedisLog implements CommandLog {
  readonly #redis: RedisConnection;
  readonly #engine: Engine;
  readonly #options: RedisLogOptions;
  readonly #keys: LogKeys;
  readonly #writer: LogWriter;
  #partitions: number | null = null;
  #counting: Promise<number> | null = null;
  /** Appends that wait to know how many partitions there are. */
  #waiting = 0;
  #consuming: Consuming<LogRecord> | null = null;
  #closed = false;

  constructor(redis: RedisConnection, engine: Engine, options: RedisLogOptions) {
    this.#redis = redis;
    this.#engine = engine;
    this.#options = options;
    this.#keys = logKeys(redis.prefix);
    this.#writer = new LogWriter(redis, engine, this.#keys, {
      mostEntries: options.mostEntries ?? 100_000,
      deadlineMs: options.deadlineMs ?? 5_000,
      onAppended: (partition, n, count) => {
        this.#consuming?.appended(partition, n);
        options.onAppended?.(count);
      },
    });
  }

  async append(entry: LogEntry): Promise<number> {
    if (this.#closed) throw new Refused('draining');
    if (this.#waiting >= MOST_WAITING) throw new Refused('overloaded', 'log', OVERLOADED_RETRY_MS);
    const partitions = this.#partitions ?? (await this.#counted());
    const partition = partitionOf(partitionKey(entry), partitions);
    return positionOf(partition, await this.#writer.append(partition, entry), partitions);
  }

  async consume(handler: LogHandler): Promise<LogConsumer> {
    if (this.#closed || this.#consuming !== null) throw new Error('the log is closed or has a consumer');
    const partitions = await this.#count();
    const { maxBatch = 1_000, retryMaxMs = 5_000, commitDelayMs = 20, leaseMs = 10_000 } = this.#options;
    const { onAssigned, onLost, onFailure } = this.#options;
    const consuming = new Consuming<LogRecord>({
      redis: this.#redis,
      engine: this.#engine,
      keys: this.#keys,
      name: 'log',
      partitions,
      leaseMs,
      batches: { maxBatch, retryMaxMs, commitDelayMs, onFailure },
      source: {
        ...LOG_ORDER,
        settled: () => this.#writer.settled(),
        read: (partition, after, limit) => this.#read(partition, after, limit, partitions),
      },
      handler,
      onAssigned,
      onLost,
      onStopped: () => {
        if (this.#consuming === consuming) this.#consuming = null;
      },
    });
    this.#consuming = consuming;
    await consuming.tend();
    return {
      pause: () => consuming.pause(),
      resume: () => consuming.resume(),
      drained: () => consuming.drained(),
      stop: () => consuming.stop(),
      owns: ({ position }) => consuming.owns(position % partitions),
      get lag() {
        return consuming.lag;
      },
      get waiting() {
        return consuming.waiting;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.settled();
    await this.#consuming?.stop();
  }

  async #counted(): Promise<number> {
    this.#waiting++;
    try {
      return await this.#count();
    } finally {
      this.#waiting--;
    }
  }

  /** @throws {Refused} unavailable */
  #count(): Promise<number> {
    const { client } = this.#redis;
    const key = this.#keys.partitions;
    this.#counting ??= this.#engine
      .run(async () => {
        await client.set(key, this.#options.partitions, 'NX');
        this.#partitions = Number(await client.get(key));
        return this.#partitions;
      })
      .catch((error) => {
        this.#counting = null;
        throw error;
      });
    return this.#counting;
  }

  async #read(
    partition: number,
    after: number,
    limit: number,
    partitions: number,
  ): Promise<Read<LogRecord> | null> {
    const { client } = this.#redis;
    const entries = await this.#engine.run(() =>
      client.xrange(this.#keys.stream(partition), idOf(after + 1), '+', 'COUNT', limit),
    );
    const records: Read<LogRecord>['records'] = [];
    for (const [id, fields] of entries) {
      try {
        const n = numberOf(id);
        records.push({ at: n, record: recordOf(fields, positionOf(partition, n, partitions)) });
      } catch (error) {
        // First what comes before it.
        if (records.length > 0) break;
        // What is wrong with JSON would be said by quoting it.
        throw error instanceof Refused
          ? error
          : new Error(`entry ${id} of partition ${partition} cannot be read`);
      }
    }
    const last = records.at(-1);
    return last === undefined ? null : { records, end: last.at };
  }
}

const positionOf = (partition: number, n: number, partitions: number) => n * partitions + partition;

/** @throws {Refused} it is of a program that is newer than this one */
function recordOf([, user, , device, , acceptedAt, , text]: string[], position: number): LogRecord {
  return {
    position,
    actor: { user: user!, device: device! },
    acceptedAt: Number(acceptedAt),
    command: parseLogged(text!),
    text: text!,
  };
}
