import { setTimeout as pause } from 'node:timers/promises';
import {
  Admin,
  type BaseOptions,
  type ClusterMetadata,
  FetchIsolationLevels,
  UserError,
} from '@platformatic/kafka';
import { Refused } from '../../protocol/errors.ts';
import { Engine, type EngineLimits, type EngineParts } from '../engine.ts';
import { within } from '../within.ts';
import { kafkaAddress } from './address.ts';
import { hasCode, isTrouble, reasonOf } from './trouble.ts';

export interface KafkaOptions extends EngineLimits, Pick<EngineParts, 'onChange' | 'onCall'> {
  /** As {@link kafkaAddress} reads it. */
  url: string;
  /** Partitions of a topic that has to be made. */
  partitions: number;
  /** Copies of each partition of a topic that has to be made, as far as there are that many brokers. */
  replicas: number;
  /** Told of what an operator should look at. Never of content. */
  onWarning?: (text: string) => void;
}

export interface Topic {
  name: string;
  /** As it is, whatever is configured: the mapping from key to partition orders what has one key, and never changes by itself. */
  partitions: number;
}

export interface TopicOptions {
  retentionMs: number;
  /** A file of a partition is at most so large: what is removed goes a file at a time. Default: as Kafka is configured. */
  segmentBytes?: number;
}

/** Kafka, as the rooms of this program use it. Every call goes through `engine`. */
export interface Kafka {
  readonly engine: Engine;
  readonly prefix: string;
  readonly deadlineMs: number;
  /** For a client of its own: connections are not shared, so that what waits on one of them holds nobody else up. */
  client(): BaseOptions;
  /**
   * Makes the topic `<prefix>.<name>` if it is missing.
   * @throws {Refused} unavailable; its cause says in a line why
   */
  topic(name: string, options: TopicOptions): Promise<Topic>;
}

/** A record of one command or event, and the largest batch of one partition in one request. */
export const MOST_BATCH_BYTES = 900 * 1024;
const TOPIC_MAX_BYTES = 8 * 1024 * 1024;
const POLL_MS = 100;
const CONNECT_MIN_MS = 500;
/** Of what was written without all of its copies: one may be missing when there are three. */
const SAFE_REPLICAS = 3;

export function openKafka(options: KafkaOptions): Kafka {
  const { brokers, prefix, tls, sasl } = kafkaAddress(options.url);
  const { deadlineMs, most, onChange, onCall } = options;
  const engine = new Engine({
    name: 'log',
    deadlineMs,
    most,
    isTrouble,
    ...(onChange && { onChange }),
    ...(onCall && { onCall }),
  });
  const client = (): BaseOptions => ({
    clientId: 'dunlin',
    bootstrapBrokers: brokers,
    // They are tried one after another: one that does not answer must not use up the time of all.
    connectTimeout: Math.max(CONNECT_MIN_MS, Math.floor(deadlineMs / (brokers.length + 1))),
    requestTimeout: deadlineMs,
    timeout: deadlineMs,
    // Whoever calls knows how long it may take; a client that repeats behind his back would outlast it.
    retries: 0,
    autocreateTopics: false,
    ...(tls && { tls, tlsServerName: true }),
    ...(sasl && { sasl }),
  });
  return {
    engine,
    prefix,
    deadlineMs,
    client,
    async topic(name, topic) {
      const admin = new Admin(client());
      admin.on('error', () => {});
      try {
        return await ensure(admin, engine, { ...options, ...topic, name: `${prefix}.${name}` });
      } catch (error) {
        throw explained(error);
      } finally {
        await within(Promise.allSettled([admin.close()]), deadlineMs);
      }
    },
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof Refused) || error.cause === undefined) return error;
  const { code, detail, retry_after_ms } = error.refusal;
  const cause = new Error(reasonOf(error.cause), { cause: error.cause });
  return new Refused(code, detail, retry_after_ms, { cause });
}

interface Wanted extends KafkaOptions, TopicOptions {
  name: string;
}

async function ensure(admin: Admin, engine: Engine, wanted: Wanted): Promise<Topic> {
  const { name, partitions, onWarning } = wanted;
  let found = await describe(admin, engine, name);
  if (found === null) {
    await create(admin, engine, wanted);
    const until = performance.now() + wanted.deadlineMs;
    // Brokers learn of it one after another.
    while (found === null) {
      if (performance.now() > until) throw new Refused('unavailable', engine.name);
      await pause(POLL_MS);
      found = await describe(admin, engine, name);
    }
  }
  if (found !== partitions)
    onWarning?.(
      `the topic ${name} has ${found} partitions, not ${partitions} as configured: it stays so, as changing it would break the order within conversations`,
    );
  return { name, partitions: found };
}

/** How many partitions a topic has; null: it does not exist, or not all of it can be used yet. */
async function describe(admin: Admin, engine: Engine, name: string): Promise<number | null> {
  return engine.run(async () => {
    let metadata: ClusterMetadata;
    try {
      metadata = await admin.metadata({ topics: [name], forceUpdate: true });
    } catch (error) {
      // The client says of a topic that does not exist that its user is at fault, and no more than that.
      if (error instanceof UserError || hasCode(error, 'LEADER_NOT_AVAILABLE')) return null;
      throw error;
    }
    const topic = metadata.topics.get(name);
    if (topic === undefined || topic.partitionsCount === 0) return null;
    return topic.partitionsCount;
  });
}

async function create(admin: Admin, engine: Engine, wanted: Wanted): Promise<void> {
  const { name, partitions, retentionMs, segmentBytes } = wanted;
  await engine.run(async () => {
    const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
    const replicas = Math.min(wanted.replicas, brokers.size);
    const configs = {
      'cleanup.policy': 'delete',
      'retention.ms': retentionMs,
      ...(segmentBytes !== undefined && { 'segment.bytes': segmentBytes }),
      'max.message.bytes': TOPIC_MAX_BYTES,
      'min.insync.replicas': replicas >= SAFE_REPLICAS ? 2 : 1,
    };
    try {
      await admin.createTopics({
        topics: [name],
        partitions,
        replicas,
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value: String(value) })),
      });
    } catch (error) {
      // Another process was quicker.
      if (!hasCode(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    }
  });
}

/** Nothing of ours is written in transactions. */
export const ISOLATION = FetchIsolationLevels.READ_UNCOMMITTED;
