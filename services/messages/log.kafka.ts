import type { Kafka, Topic } from '../../platform/kafka/kafka.ts';
import { KafkaWriter, type WriterOptions } from '../../platform/kafka/writer.ts';
import { Refused } from '../../protocol/errors.ts';
import { GroupConsumer, type GroupOptions } from './kafka/group-consumer.ts';
import { entryText, partitionOf, positionOf, recordOf } from './kafka/log-records.ts';
import { Trimming } from './kafka/trimming.ts';
import type { CommandLog, LogConsumer, LogEntry, LogHandler, LogRecord } from './log.ts';
import { LOG_ORDER } from './log-order.ts';
import { partitionKey } from './partition-key.ts';

export interface KafkaLogOptions
  extends Partial<GroupOptions>,
    Pick<WriterOptions, 'mostPending' | 'mostPendingBytes'> {
  /** How long a command waits for a process that handles it, milliseconds. */
  retentionMs?: number;
  /** How often what was handled is removed, milliseconds; 0: it stays for as long as it might have waited. Default 60,000. */
  trimEveryMs?: number;
  /** Told how many entries became durable together. */
  onAppended?: (count: number) => void;
}

export interface KafkaLogConsumer extends LogConsumer {
  owns(record: Pick<LogRecord, 'position'>): boolean;
  /** The partitions that are ours for certain, now. */
  readonly partitions: number[];
  /** When an answer of Kafka came last, by `performance.now()`; null: never yet. */
  readonly lastFetch: number | null;
}

/** Of a partition's file: what was handled is gone when the next but one has been begun. */
const SEGMENT_BYTES = 128 * 1024 * 1024;
const TRIM_EVERY_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * The command log as a topic: what concerns one stream is in one partition, and one process at a time handles a partition. An entry that
 * was refused as `unavailable` may have been kept all the same, which is as if its sender had repeated it: ids make it once.
 */
export class KafkaLog implements CommandLog {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #options: KafkaLogOptions & GroupOptions;
  readonly #writer: KafkaWriter;
  #consumer: GroupConsumer<LogRecord> | null = null;
  #closed = false;

  private constructor(kafka: Kafka, topic: Topic, options: KafkaLogOptions) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#options = {
      maxBatch: 4_000,
      sessionTimeoutMs: 10_000,
      retryMaxMs: 5_000,
      commitDelayMs: 100,
      ...options,
    };
    const { onAppended: onSent } = options;
    this.#writer = new KafkaWriter(kafka, topic, {
      ...options,
      onWritten: ({ partition, offset }) => this.#consumer?.reaches(partition, offset + 1n),
      ...(onSent && { onSent }),
    });
  }

  /** Makes the topic `<prefix>.commands` if it is missing. @throws {Refused} unavailable */
  static async open(kafka: Kafka, options: KafkaLogOptions = {}): Promise<KafkaLog> {
    const topic = await kafka.topic('commands', {
      retentionMs: options.retentionMs ?? WEEK_MS,
      segmentBytes: SEGMENT_BYTES,
    });
    return new KafkaLog(kafka, topic, options);
  }

  /** @throws {Refused} overloaded, unavailable, draining */
  async append(entry: LogEntry): Promise<number> {
    const { partition, offset } = await this.#writer.write([
      { key: partitionKey(entry), value: entryText(entry) },
    ]);
    return positionOf(partition, offset);
  }

  async consume(handler: LogHandler): Promise<KafkaLogConsumer> {
    if (this.#closed) throw new Refused('draining');
    if (this.#consumer !== null) throw new Error('the log has a consumer');
    const { onFailure, trimEveryMs = TRIM_EVERY_MS } = this.#options;
    const trimming = new Trimming(this.#kafka, this.#topic, { everyMs: trimEveryMs, onFailure });
    const consumer = new GroupConsumer<LogRecord>(
      {
        kafka: this.#kafka,
        topic: this.#topic,
        group: `${this.#kafka.prefix}-messages`,
        kind: { ...LOG_ORDER, read: (partition, { offset, value }) => recordOf(partition, offset, value) },
        startAt: 'begin',
        settled: () => this.#writer.settled(),
        // What is left is all that there is.
        onCut: (partition, from) =>
          onFailure?.(
            new Error(
              `the log has no position ${from} in partition ${partition}: goes on at the first it has`,
            ),
          ),
        onCommitted: (offsets) => trimming.committed(offsets),
        onStopped: () => {
          void trimming.stop();
          if (this.#consumer === consumer) this.#consumer = null;
        },
      },
      handler,
      this.#options,
    );
    this.#consumer = consumer;
    return {
      pause: () => consumer.pause(),
      resume: () => consumer.resume(),
      drained: () => consumer.drained(),
      stop: () => consumer.stop(),
      owns: ({ position }) => consumer.owns(partitionOf(position)),
      get lag() {
        return consumer.lag;
      },
      get waiting() {
        return consumer.waiting;
      },
      get partitions() {
        return consumer.partitions;
      },
      get lastFetch() {
        return consumer.lastFetch;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.close();
    await this.#consumer?.stop();
  }
}
