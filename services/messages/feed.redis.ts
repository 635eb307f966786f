import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Feed, FeedConsuming, FeedHandler, FeedReader, OnPassedOver, Tidings } from './feed.ts';
import { checkConsumerName } from './feed-consuming.ts';
import { type FeedRecord, toRecords } from './feed-records.ts';
import type { StreamedEvent } from './history.ts';
import { passingOver } from './passing-over.ts';
import { Consuming } from './redis/consuming.ts';
import { type FeedEnd, FeedFollower } from './redis/feed-follower.ts';
import { BEGIN, consumingKeys, END, type FeedKeys, feedKeys, WRITE } from './redis/feed-scripts.ts';
import { feedSource } from './redis/feed-source.ts';
import { partitionOf } from './redis/partition-of.ts';

export interface RedisFeedOptions {
  /** The same in every process. Default 4: more than one for the sake of a Cluster's nodes. */
  streams?: number;
  /** Records of each that are kept, about: a reader that is behind by more has a gap. Default 50,000. */
  mostRecords?: number;
  /** Milliseconds for which a read waits for news at the server. Default 1,000. */
  blockMs?: number;
  /** Milliseconds for which streams stay with a process that consumes under a name and gives no sign of life. Default 10,000. */
  leaseMs?: number;
  /** Events that whoever consumes gets at once. Default 500. */
  maxBatch?: number;
  /** Longest pause before what failed is tried again, milliseconds. Default 5,000. */
  retryMaxMs?: number;
  /** Told when records were removed before whoever consumes under this name came to them: it goes on at the first there is. */
  onMissed?(name: string, count: number): void;
  onPassedOver?: OnPassedOver;
  /** Told of trouble that lasts, and of what cannot be read. */
  onFailure?(error: unknown): void;
}

const DEFAULTS = {
  streams: 4,
  mostRecords: 50_000,
  blockMs: 1_000,
  leaseMs: 10_000,
  maxBatch: 500,
  retryMaxMs: 5_000,
};
const COMMIT_DELAY_MS = 100;
/** One command: a server does nothing else meanwhile. */
const MOST_COMMAND = 500;
const MOST_COMMAND_CHARS = 1024 * 1024;

/** The event stream on Redis Streams. */
export class RedisFeed implements Feed {
  readonly #redis: RedisConnection;
  readonly #engine: Engine;
  readonly #options: Required<Omit<RedisFeedOptions, 'onFailure' | 'onMissed' | 'onPassedOver'>> &
    RedisFeedOptions;
  readonly #keys: FeedKeys;
  readonly #write: Script<number>;
  readonly #end: Script<FeedEnd>;
  readonly #begin: Script<number>;
  readonly #followers = new Set<FeedFollower>();
  readonly #consumers = new Map<Consuming<StreamedEvent>, string>();
  #closed = false;

  constructor(redis: RedisConnection, engine: Engine, options: RedisFeedOptions = {}) {
    this.#redis = redis;
    this.#engine = engine;
    this.#options = { ...DEFAULTS, ...options };
    this.#keys = feedKeys(redis.prefix);
    this.#write = script(redis.client, 'feedWrite', WRITE);
    this.#end = script(redis.client, 'feedEnd', END);
    this.#begin = script(redis.client, 'feedBegin', BEGIN);
  }

  async write(tidings: Tidings): Promise<void> {
    const { streams, mostRecords } = this.#options;
    const queues = new Map<number, FeedRecord[]>();
    for (const record of toRecords(tidings)) {
      const i = partitionOf(record.key, streams);
      const queue = queues.get(i);
      if (queue === undefined) queues.set(i, [record]);
      else queue.push(record);
    }
    if (queues.size === 0) return;
    // A connection keeps the order of what is sent on it.
    const commands = [...queues].flatMap(([i, records]) =>
      inCommands(records).map((some) => ({ i, keys: [this.#keys.stream(i), this.#keys.last(i)], some })),
    );
    await this.#engine.run(() =>
      Promise.all(
        commands.map(({ i, keys, some }) => this.#write(keys, mostRecords, this.#keys.channel, i, ...some)),
      ),
    );
  }

  async follow(reader: FeedReader): Promise<{ stop(): Promise<void> }> {
    const { streams, blockMs, onFailure } = this.#options;
    const all = Array.from({ length: streams }, (_, i) => i);
    const ends = await this.#engine.run(() => Promise.all(all.map((i) => this.#end([this.#keys.last(i)]))));
    // Streams of a Cluster may be at different nodes: each is waited for on its own.
    const groups = this.#redis.cluster ? all.map((i) => [i]) : [all];
    const followers = groups.map((group) => {
      const read = new Map(group.map((i) => [i, ends[i]!]));
      const connection = this.#redis.another('feed', blockMs);
      return new FeedFollower(connection, this.#keys, read, reader, { blockMs, onFailure });
    });
    for (const follower of followers) this.#followers.add(follower);
    return { stop: () => this.#stop(followers) };
  }

  /** @throws {Refused} unavailable, overloaded, draining */
  async consume(name: string, handler: FeedHandler): Promise<FeedConsuming> {
    checkConsumerName(name);
    const { streams, leaseMs, maxBatch, retryMaxMs, onFailure, onMissed, onPassedOver } = this.#options;
    const keys = consumingKeys(this.#redis.prefix, name);
    const all = Array.from({ length: streams }, (_, i) => i);
    await this.#engine.run(() => Promise.all(all.map((i) => this.#begin([keys.last(i), keys.progress(i)]))));
    if (this.#closed) throw new Refused('draining');
    const consuming = new Consuming<StreamedEvent>({
      redis: this.#redis,
      engine: this.#engine,
      keys,
      name: 'feed',
      partitions: streams,
      leaseMs,
      batches: { maxBatch, retryMaxMs, commitDelayMs: COMMIT_DELAY_MS, onFailure },
      source: feedSource(this.#redis, this.#engine, this.#keys, {
        onMissed: (count) => onMissed?.(name, count),
        onFailure,
      }),
      handler: passingOver(handler, {
        onPassedOver: (event, error) => onPassedOver?.(name, event, error),
      }),
      onStopped: () => this.#consumers.delete(consuming),
    });
    this.#consumers.set(consuming, name);
    await consuming.tend();
    return {
      stop: () => consuming.stop(),
      get lag() {
        return consuming.lag;
      },
    };
  }

  /** What was written and not yet read here, by who is to read it: `live` is all that follow. */
  get lags(): Map<string, number> {
    const lags = new Map<string, number>();
    for (const { lag } of this.#followers) lags.set('live', (lags.get('live') ?? 0) + lag);
    for (const [{ lag }, name] of this.#consumers) lags.set(name, (lags.get(name) ?? 0) + lag);
    return lags;
  }

  /** The connection is closed by whoever opened it. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([
      this.#stop([...this.#followers]),
      ...[...this.#consumers.keys()].map((consuming) => consuming.stop()),
    ]);
  }

  async #stop(followers: FeedFollower[]): Promise<void> {
    for (const follower of followers) this.#followers.delete(follower);
    await Promise.all(followers.map((follower) => follower.stop()));
  }
}

/** Keys and values, as much as one command should take. */
function inCommands(records: FeedRecord[]): string[][] {
  const commands: string[][] = [];
  let chars = 0;
  for (const { key, value } of records) {
    let command = commands.at(-1);
    chars += value.length;
    if (command === undefined || command.length >= 2 * MOST_COMMAND || chars > MOST_COMMAND_CHARS) {
      command = [];
      commands.push(command);
      chars = value.length;
    }
    command.push(key, value);
  }
  return commands;
}
