import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';
import type { Feed, FeedReader, Tidings } from './feed.ts';
import { type FeedRecord, toRecords } from './feed-records.ts';
import { type FeedEnd, FeedFollower } from './redis/feed-follower.ts';
import { END, type FeedKeys, feedKeys, WRITE } from './redis/feed-scripts.ts';
import { partitionOf } from './redis/partition-of.ts';

export interface RedisFeedOptions {
  /** The same in every process. Default 4: more than one for the sake of a Cluster's nodes. */
  streams?: number;
  /** Records of each that are kept, about: a reader that is behind by more has a gap. Default 50,000. */
  mostRecords?: number;
  /** Milliseconds for which a read waits for news at the server. Default 1,000. */
  blockMs?: number;
  /** Told of trouble that lasts, and of what cannot be read. */
  onFailure?(error: unknown): void;
}

/** One command: a server does nothing else meanwhile. */
const MOST_COMMAND = 500;
const MOST_COMMAND_CHARS = 1024 * 1024;

/** The event stream on Redis Streams. */
export class RedisFeed implements Feed {
  readonly #redis: RedisConnection;
  readonly #engine: Engine;
  readonly #options: Required<Omit<RedisFeedOptions, 'onFailure'>> & RedisFeedOptions;
  readonly #keys: FeedKeys;
  readonly #write: Script<number>;
  readonly #end: Script<FeedEnd>;
  readonly #followers = new Set<FeedFollower>();

  constructor(redis: RedisConnection, engine: Engine, options: RedisFeedOptions = {}) {
    this.#redis = redis;
    this.#engine = engine;
    this.#options = { streams: 4, mostRecords: 50_000, blockMs: 1_000, ...options };
    this.#keys = feedKeys(redis.prefix);
    this.#write = script(redis.client, 'feedWrite', WRITE);
    this.#end = script(redis.client, 'feedEnd', END);
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
      inCommands(records).map((some) => ({ keys: [this.#keys.stream(i), this.#keys.last(i)], some })),
    );
    await this.#engine.run(() =>
      Promise.all(commands.map(({ keys, some }) => this.#write(keys, mostRecords, ...some))),
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

  /** The connection is closed by whoever opened it. */
  close(): Promise<void> {
    return this.#stop([...this.#followers]);
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
