import { startGroupAtEnd } from '../../platform/kafka/group-start.ts';
import type { Kafka, Topic } from '../../platform/kafka/kafka.ts';
import { KafkaWriter, type WriterOptions } from '../../platform/kafka/writer.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Feed, FeedConsuming, FeedHandler, FeedReader, OnPassedOver, Tidings } from './feed.ts';
import { checkConsumerName, EVENT_ORDER } from './feed-consuming.ts';
import { eventIn, toRecords } from './feed-records.ts';
import type { StreamedEvent } from './history.ts';
import { Following, type FollowingOptions } from './kafka/following.ts';
import { GroupConsumer, type GroupOptions } from './kafka/group-consumer.ts';
import { passingOver } from './passing-over.ts';

export interface KafkaFeedOptions
  extends FollowingOptions,
    Pick<WriterOptions, 'mostPending' | 'mostPendingBytes'> {
  /** How long it is kept, milliseconds: whoever was away for longer reads history anyway. */
  retentionMs?: number;
  /** How what is consumed under a name is handled, but for {@link FollowingOptions}. */
  consuming?: Partial<Pick<GroupOptions, 'maxBatch' | 'sessionTimeoutMs' | 'retryMaxMs' | 'commitDelayMs'>>;
  /** Told when records were removed before whoever consumes under this name came to them: it goes on at the first there is. */
  onMissed?: (name: string, count: number) => void;
  onPassedOver?: OnPassedOver;
}

export interface KafkaFollowing {
  stop(): Promise<void>;
  /** Written and not yet read here. */
  readonly lag: number;
  /** When an answer of Kafka came last, by `performance.now()`; null: never yet. */
  readonly lastFetch: number | null;
  /** Records that nobody could read. */
  readonly bad: number;
}

const CONSUMING = { maxBatch: 500, sessionTimeoutMs: 10_000, retryMaxMs: 5_000, commitDelayMs: 100 };
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The event stream as a topic: every process reads all of it, from the moment it began, without a group or a committed position. */
export class KafkaFeed implements Feed {
  readonly #kafka: Kafka;
  readonly #topic: Topic;
  readonly #options: KafkaFeedOptions;
  readonly #writer: KafkaWriter;
  readonly #followings = new Set<Following>();
  readonly #consumers = new Map<GroupConsumer<StreamedEvent>, string>();
  #closed = false;

  private constructor(kafka: Kafka, topic: Topic, options: KafkaFeedOptions) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#options = options;
    this.#writer = new KafkaWriter(kafka, topic, options);
  }

  /** Makes the topic `<prefix>.events` if it is missing. @throws {Refused} unavailable */
  static async open(kafka: Kafka, options: KafkaFeedOptions = {}): Promise<KafkaFeed> {
    const topic = await kafka.topic('events', { retentionMs: options.retentionMs ?? DAY_MS });
    return new KafkaFeed(kafka, topic, options);
  }

  async write(tidings: Tidings): Promise<void> {
    const records = toRecords(tidings);
    if (records.length > 0) await this.#writer.write(records);
  }

  /** @throws {Refused} unavailable */
  async follow(reader: FeedReader): Promise<KafkaFollowing> {
    const following = new Following(this.#kafka, this.#topic, reader, this.#options);
    try {
      await following.begin();
    } catch (error) {
      await following.stop();
      throw error;
    }
    this.#followings.add(following);
    return {
      stop: () => {
        this.#followings.delete(following);
        return following.stop();
      },
      get lag() {
        return following.lag;
      },
      get lastFetch() {
        return following.lastFetch;
      },
      get bad() {
        return following.bad;
      },
    };
  }

  /** @throws {Refused} unavailable, draining */
  async consume(name: string, handler: FeedHandler): Promise<FeedConsuming> {
    checkConsumerName(name);
    const group = `${this.#kafka.prefix}-feed-${name}`;
    await startGroupAtEnd(this.#kafka, this.#topic, group);
    if (this.#closed) throw new Refused('draining');
    const { onFailure, onMissed, onPassedOver, consuming } = this.#options;
    const consumer = new GroupConsumer<StreamedEvent>(
      {
        kafka: this.#kafka,
        topic: this.#topic,
        group,
        kind: {
          ...EVENT_ORDER,
          read: (partition, { offset, key, value }) => this.#event(partition, offset, key, value),
        },
        startAt: 'end',
        settled: () => this.#writer.settled(),
        onCut: (_partition, from, to) => onMissed?.(name, Number(to - from)),
        onStopped: () => this.#consumers.delete(consumer),
      },
      passingOver(handler, { onPassedOver: (event, error) => onPassedOver?.(name, event, error) }),
      { ...CONSUMING, ...consuming, ...(onFailure && { onFailure }) },
    );
    this.#consumers.set(consumer, name);
    return {
      stop: () => consumer.stop(),
      get lag() {
        return consumer.lag;
      },
    };
  }

  /** What was written and not yet read here, by who is to read it: `live` is all that follow. */
  get lags(): Map<string, number> {
    const lags = new Map<string, number>();
    for (const { lag } of this.#followings) lags.set('live', (lags.get('live') ?? 0) + lag);
    for (const [{ lag }, name] of this.#consumers) lags.set(name, (lags.get(name) ?? 0) + lag);
    return lags;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([
      this.#writer.close(),
      ...[...this.#followings].map((following) => following.stop()),
      ...[...this.#consumers.keys()].map((consumer) => consumer.stop()),
    ]);
    this.#followings.clear();
  }

  /** Undefined: it is no event, or one that nobody can read, which is passed over. */
  #event(partition: number, offset: bigint, key: Buffer, value: Buffer): StreamedEvent | undefined {
    try {
      return eventIn({ key: key.toString(), value: value.toString() });
    } catch {
      this.#options.onBadRecord?.({ partition, offset });
      return undefined;
    }
  }
}
