import { joinNodes } from '../broker/nodes/nodes.redis.ts';
import { onlyNode } from '../broker/nodes/nodes.ts';
import { openOnRedis } from '../broker/open/on-redis.ts';
import { type CacheAge, CoarseTime } from '../platform/cache-age.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { Engine } from '../platform/engine.ts';
import { openKafka } from '../platform/kafka/kafka.ts';
import type { Logger } from '../platform/logging.ts';
import { isMongoTrouble } from '../platform/mongodb/trouble.ts';
import { connectRedis, type RedisConnection } from '../platform/redis/connect.ts';
import { isRedisTrouble } from '../platform/redis/trouble.ts';
import { redisBuckets } from '../platform/redis-rates/charges.redis.ts';
import { TokenBuckets } from '../platform/token-bucket.ts';
import { Refused } from '../protocol/errors.ts';
import { redisFailureCounts } from '../services/accounts/failure-counts.redis.ts';
import type { Directory } from '../services/directory/directory.ts';
import { openPostgresDirectory } from '../services/directory/open.postgres.ts';
import { RedisCursors } from '../services/messages/cursors.redis.ts';
import { KafkaFeed } from '../services/messages/feed.kafka.ts';
import { MemoryFeed } from '../services/messages/feed.memory.ts';
import { RedisFeed } from '../services/messages/feed.redis.ts';
import type { Feed, OnPassedOver } from '../services/messages/feed.ts';
import { openMongoHistory } from '../services/messages/history.mongodb.ts';
import type { History } from '../services/messages/history.ts';
import { KafkaLog } from '../services/messages/log.kafka.ts';
import { RedisLog } from '../services/messages/log.redis.ts';
import type { CommandLog } from '../services/messages/log.ts';
import type { MessagesDatabase } from '../services/messages/sqlite.ts';
import { type EngineName, Engines } from './engines.ts';
import { exportLags } from './feed-lags.ts';
import { Files, type FilesParts } from './files.ts';
import { rolesOf } from './roles.ts';
import type { Rates, StoreEvents, Stores } from './stores.ts';

export interface OpenParts extends FilesParts {
  clock: Clock;
  logger: Logger;
  events: StoreEvents;
}

/** What others change is asked for again after this. */
const CACHE_AGE_MS = 60_000;
/** Less would ask for everything each time. */
const LEAST_AGE_MS = 1_000;

/** Opens each part where the configuration says: on a server, or in the data folder. */
export async function openStores(parts: OpenParts): Promise<Stores> {
  const { config, clock, logger, metrics, closing } = parts;
  const { engines: urls } = config;
  const engines = new Engines(urls, metrics, logger);
  const files = new Files(parts);

  const directory =
    urls.directory === ''
      ? await files.directory()
      : await naming('directory', 'PostgreSQL', postgres(parts, engines));
  const history =
    urls.history === ''
      ? (await files.messages()).history
      : await naming('history', 'MongoDB', mongo(parts, engines));
  const { log, feed } =
    urls.log === ''
      ? embeddedLog(parts, await files.messages())
      : await naming('log', urls.log.startsWith('kafka') ? 'Kafka' : 'Redis', openLog(parts, engines));
  const redis = urls.redis === '' ? null : await naming('redis', 'Redis', openRedis(parts, engines));
  const time = closing.add(new CoarseTime(), (t) => t.stop());

  return {
    directory,
    log,
    feed,
    history,
    cursors:
      redis === null ? (await files.messages()).cursors : new RedisCursors(redis.connection, redis.engine),
    broker: rolesOf(config).broker ? await brokerStores(parts, redis, files) : null,
    nodes:
      redis === null
        ? onlyNode()
        : closing.add(await joinNodes({ ...redis, clock, logger, metrics }), (nodes) => nodes.stop()),
    rates: redis === null ? ownRates(config, clock) : commonRates(config, redis, clock),
    shared: urls.log !== '',
    ...(urls.log === '' ? {} : { cacheAge: { ...agesOf(urls.staleSeconds * 1_000), now: time.now } }),
    directoryState: {
      isDown: () => engines.isDown('directory'),
      ask: async () => void (await directory.accounts.hasUsers()),
    },
    degraded: () => engines.down,
    failed: files.failed,
    backups: files.backups,
  };
}

/** What is young enough not to be asked for again is no older than what serves while nobody answers: that bound is the operator's. */
function agesOf(staleMs: number): Pick<CacheAge, 'maxAgeMs' | 'staleMs'> {
  return { maxAgeMs: Math.min(CACHE_AGE_MS, Math.max(LEAST_AGE_MS, staleMs)), staleMs };
}

/** A start that fails says which of the servers it was: their own errors tell no more than an address. */
async function naming<T>(engine: EngineName, product: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new Error(`engines.${engine} (${product}): ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Refused && error.cause !== undefined) return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}

interface OpenedRedis {
  connection: RedisConnection;
  engine: Engine;
}

async function postgres({ config, closing }: OpenParts, engines: Engines): Promise<Directory> {
  const { directory: url } = config.engines;
  return closing.add(await openPostgresDirectory({ ...engines.parts('directory'), url }), (d) => d.close());
}

async function mongo({ config, closing }: OpenParts, engines: Engines): Promise<History> {
  const { history: url, deadlineMs } = config.engines;
  const engine = engines.engine('history', isMongoTrouble);
  return closing.add(await openMongoHistory({ url, deadlineMs, engine }), (h) => h.close());
}

/** Log and event stream of the one process. */
function embeddedLog(parts: OpenParts, messages: MessagesDatabase): { log: CommandLog; feed: Feed } {
  const { config, logger } = parts;
  const feed = new MemoryFeed({
    onFailure: (error) =>
      logger.warn({ err: error }, 'events could not be taken by who consumes them: tried again'),
    onPassedOver: passedOver(parts),
    // It is read from history, where that is beside it.
    recent: config.engines.history === '' ? (ms) => messages.recent(ms) : undefined,
  });
  return { log: messages.log, feed };
}

async function openLog(parts: OpenParts, engines: Engines): Promise<{ log: CommandLog; feed: Feed }> {
  const { config, closing, logger, metrics, events } = parts;
  const { log: url, partitions, replicas, deadlineMs } = config.engines;
  const onFailure = (error: unknown) =>
    logger.warn({ reason: reasonOf(error) }, 'the log or the event stream did not do something: tried again');
  const options = {
    onAppended: (count: number) => metrics.append_batch_commands.observe(count),
    onAssigned: (assigned: number[]) => {
      logger.info({ partitions: assigned }, 'partitions of the log have come to this process');
      events.onAssigned();
    },
    onLost: (lost: number[]) =>
      logger.info({ partitions: lost }, 'partitions of the log have gone elsewhere'),
    onFailure,
  };
  const onMissed = (name: string, count: number) => {
    metrics.feed_missed_total.labels(name).inc(count);
    logger.warn({ name, count }, 'the event stream was read too late: what had been removed was passed over');
  };
  if (url.startsWith('kafka')) {
    const onWarning = (text: string) => logger.warn(text);
    const kafka = openKafka({ ...engines.parts('log'), url, partitions, replicas, onWarning });
    const feed = closing.add(
      await KafkaFeed.open(kafka, {
        onFailure,
        onMissed,
        onPassedOver: passedOver(parts),
        onBadRecord: ({ partition, offset }) =>
          logger.error({ partition, offset: String(offset) }, 'a record of the event stream cannot be read'),
      }),
      (f) => f.close(),
    );
    closing.add(exportLags(feed, metrics), (end) => end());
    return { log: closing.add(await KafkaLog.open(kafka, options), (l) => l.close()), feed };
  }
  const engine = engines.engine('log', isRedisTrouble);
  const connection = closing.add(
    await connectRedis(url, { name: 'log', deadlineMs, log: logger, use: 'log' }),
    (c) => c.close(),
  );
  const feed = closing.add(
    new RedisFeed(connection, engine, { onFailure, onMissed, onPassedOver: passedOver(parts) }),
    (f) => f.close(),
  );
  closing.add(exportLags(feed, metrics), (end) => end());
  const log = new RedisLog(connection, engine, { ...options, partitions, deadlineMs });
  return { log: closing.add(log, (l) => l.close()), feed };
}

async function openRedis({ config, closing, logger }: OpenParts, engines: Engines): Promise<OpenedRedis> {
  const { redis: url, deadlineMs } = config.engines;
  const connection = await connectRedis(url, { name: 'state', deadlineMs, log: logger, use: 'state' });
  closing.add(connection, (c) => c.close());
  return { connection, engine: engines.engine('redis', isRedisTrouble) };
}

async function brokerStores(
  { config, logger, closing }: OpenParts,
  redis: OpenedRedis | null,
  files: Files,
): Promise<NonNullable<Stores['broker']>> {
  if (redis === null) return { persistence: await files.persistence() };
  const opened = openOnRedis({ ...redis, open: config.open, logger });
  closing.add(opened.persistence, (p) => p.destroy());
  return opened;
}

/** What a durable consumer of the event stream cannot take: everybody else's events go on. */
function passedOver({ logger, metrics }: OpenParts): OnPassedOver {
  return (name, { id, stream, seq, type }, error) => {
    metrics.feed_passed_over_total.labels(name).inc();
    logger.error(
      { err: error, name, event: id, stream, seq, type },
      `an event was passed over: ${name} fails on it each time, by a mistake in the program. It is in history, and devices get it; what ${name} does ` +
        'of it is missing. Report the error; docs/SCALING.md says what can be done by hand',
    );
  };
}

function ownRates({ limits, webhooks }: Config, clock: Clock): Rates {
  return {
    user: new TokenBuckets(limits.commandsPerSecondUser, limits.commandBurstUser, clock),
    hooks: new TokenBuckets(webhooks.postsPerMinute / 60, webhooks.postsPerMinute, clock),
  };
}

function commonRates({ limits, webhooks }: Config, { connection, engine }: OpenedRedis, clock: Clock): Rates {
  const { commandsPerSecondUser, commandBurstUser } = limits;
  const buckets = (name: string, perSecond: number, burst: number) =>
    redisBuckets(connection, engine, { name, perSecond, burst }, clock);
  const aMinute = (name: string, count: number) => buckets(name, count / 60, count);
  return {
    user: buckets('user', commandsPerSecondUser, commandBurstUser),
    address: aMinute('address', limits.httpRequestsPerMinuteIp),
    connects: aMinute('connects', limits.connectsPerMinuteIp),
    hooks: buckets('hook', webhooks.postsPerMinute / 60, webhooks.postsPerMinute),
    bots: (perSecond, burst) => buckets(`bots${perSecond}`, perSecond, burst),
    failureCounts: redisFailureCounts(connection, engine),
  };
}

/** In a line: while a server is away there are many. */
function reasonOf(error: unknown): string {
  return error instanceof Error
    ? (error.cause instanceof Error ? error.cause : error).message
    : String(error);
}
