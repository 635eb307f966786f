import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../logging.ts';
import { anyNode } from './any-node.ts';
import { checkRedis, type RedisUse } from './check.ts';
import type { RedisClient } from './client.ts';
import { Heartbeat } from './heartbeat.ts';
import { hostsOf, parseRedisUrl, type RedisAddress } from './url.ts';

export interface ConnectOptions {
  /** What it is for, as `CLIENT LIST` and our log show it: `cursors`, `presence`, … Letters, digits, `-`. */
  name: string;
  /** Milliseconds after which a call is given up. */
  deadlineMs: number;
  log?: Pick<Logger, 'warn' | 'info'>;
  /** What is kept there decides what is warned of; undefined: nothing is checked but the version. */
  use?: RedisUse;
  /**
   * Milliseconds to wait at start until it answers; 0: not at all, calls are refused until it does. Default 10,000.
   */
  startMs?: number;
}

/** Redis, connected for ever: when it goes away calls fail at once, and go on when it is back. */
export interface RedisConnection {
  readonly client: RedisClient;
  /** In a Cluster the keys of one script or command must share a `{tag}`. */
  readonly cluster: boolean;
  /** Begins every key and channel: `dunlin:`. */
  readonly prefix: string;
  /**
   * Another connection to the same server, for what would hold up this one: subscriptions, or reads that block for up to `blockMs`.
   * It does not wait until it is connected. Whoever asked for it closes it. Whoever listens subscribes at every `ready`.
   */
  another(name: string, blockMs?: number): RedisConnection;
  /**
   * As {@link another}, for what goes over channels, said or heard: what is said over one is heard in that order, also in a Cluster, where
   * nothing else can be done with it. Whoever listens may have missed something before each `ready`.
   */
  channels(name: string): RedisConnection;
  close(): Promise<void>;
}

const START_MS = 10_000;
const FIRST_RETRY_MS = 50;
const MOST_RETRY_MS = 2_000;
const QUIT_MS = 500;
const WHY_MS = 500;
const NO_NODE = 'no answer from any node, or not for all slots (CLUSTER INFO)';
/** As ioredis says of what was under way when a connection ended, which was told before. */
const CLOSED = 'Connection is closed.';

/**
 * @param url see {@link parseRedisUrl}
 * @throws {TypeError} the URL is none
 * @throws {Error} the file of its `ca` cannot be read
 * @throws {Error} nobody answers within `startMs`, it is too old, or it does not let us in
 */
export async function connectRedis(url: string, options: ConnectOptions): Promise<RedisConnection> {
  const address = parseRedisUrl(url);
  const connection = new Connection(address, options, 0);
  const { startMs = START_MS, log, use } = options;
  const check = () => checkRedis(connection.client, { log, use });
  if (startMs > 0) {
    try {
      await connection.ready(startMs);
      await check();
    } catch (error) {
      await connection.close();
      throw new Error(`Redis (${hostsOf(address)}): ${(error as Error).message}`);
    }
  } else {
    connection.client.once('ready', () => {
      check().catch((error: Error) => log?.warn({ redis: options.name, reason: error.message }, 'redis'));
    });
  }
  return connection;
}

class Connection implements RedisConnection {
  readonly client: RedisClient;
  readonly cluster: boolean;
  readonly prefix: string;
  readonly #address: RedisAddress;
  readonly #options: ConnectOptions;
  readonly #heartbeat: Heartbeat;
  /** Why it is not connected, as far as it is known. */
  #reason: string;

  constructor(
    address: RedisAddress,
    options: ConnectOptions,
    blockMs: number,
    client = open(address, options, blockMs),
  ) {
    this.#address = address;
    this.#options = options;
    this.cluster = address.kind === 'cluster';
    this.prefix = address.prefix;
    this.client = client;
    this.#reason = client instanceof Cluster ? NO_NODE : 'no answer';
    const { log, name } = options;
    let told = false;
    this.client.on('error', (error: Error) => {
      this.#heard(error);
      if (!told) log?.warn({ redis: name, reason: this.#reason }, 'redis does not answer');
      told = true;
    });
    this.client.on('ready', () => {
      if (told) log?.info({ redis: name }, 'redis answers again');
      told = false;
    });
    // It tries again by itself; what it could not do is told as an error above.
    this.client.connect().catch(() => {});
    this.#heartbeat = new Heartbeat(this.client, options.deadlineMs + blockMs);
  }

  another(name: string, blockMs = 0): Connection {
    return new Connection(this.#address, this.#named(name), blockMs);
  }

  channels(name: string): Connection {
    const { client } = this;
    const address = this.#address;
    if (!(client instanceof Cluster)) return this.another(name);
    const options = this.#named(name);
    const known = () => client.nodes().map(({ options }) => ({ host: options.host!, port: options.port! }));
    const Connector = anyNode(() => [...known(), ...address.hosts], address.tls ? tlsOf(address) : null);
    return new Connection(address, options, 0, new Redis({ ...commonOf(address, options, 0), Connector }));
  }

  /** Only the text: the error itself may carry the password that was refused. */
  #heard(error: Error & { lastNodeError?: Error }): void {
    // A Cluster's client says that no node told it of the slots; why, the nodes say.
    const { message } = error.lastNodeError ?? error;
    if (message !== '' && message !== CLOSED) this.#reason = message;
  }

  #named(name: string): ConnectOptions {
    return { ...this.#options, name: `${this.#options.name}-${name}` };
  }

  async ready(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.client.status !== 'ready') {
      // Neither will change by itself.
      if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(this.#reason) || performance.now() > until)
        throw new Error(await this.#why());
      await pause(20);
    }
  }

  /** A Cluster's client keeps to itself why it reaches no node; a connection to one of them says it. */
  async #why(): Promise<string> {
    if (!(this.client instanceof Cluster) || this.#reason !== NO_NODE) return this.#reason;
    const one = this.channels('why');
    try {
      await one.ready(WHY_MS);
      return this.#reason;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await one.close();
    }
  }

  async close(): Promise<void> {
    this.#heartbeat.stop();
    if (this.client.status === 'ready') {
      const done = new AbortController();
      const quit = this.client.quit().catch(() => {});
      await Promise.race([quit, pause(QUIT_MS, undefined, { signal: done.signal }).catch(() => {})]);
      done.abort();
    }
    this.client.disconnect();
  }
}

function open(address: RedisAddress, options: ConnectOptions, blockMs: number): RedisClient {
  const { kind, hosts, db } = address;
  const { deadlineMs } = options;
  const common = commonOf(address, options, blockMs);
  const { tls = null } = common;
  if (kind === 'cluster') {
    const { retryStrategy: _, enableOfflineQueue: __, ...redisOptions } = common;
    return new Cluster(hosts, {
      redisOptions,
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryMs,
      clusterNodeRetryStrategy: retryMs,
      slotsRefreshTimeout: deadlineMs,
      // Names that the nodes announce are used as they are: certificates are for them.
      ...(tls === null ? {} : { dnsLookup: (host, callback) => callback(null, host) }),
    } satisfies ClusterOptions);
  }
  if (kind === 'single') return new Redis({ ...common, ...hosts[0]!, db });
  return new Redis({
    ...common,
    db,
    name: address.master!,
    sentinels: hosts,
    sentinelRetryStrategy: retryMs,
    sentinelCommandTimeout: deadlineMs,
    enableTLSForSentinelMode: tls !== null,
    ...(tls === null ? {} : { sentinelTLS: tls }),
    ...(address.sentinelUsername === undefined ? {} : { sentinelUsername: address.sentinelUsername }),
    ...(address.sentinelPassword === undefined ? {} : { sentinelPassword: address.sentinelPassword }),
  });
}

function commonOf(
  address: RedisAddress,
  { deadlineMs, name }: ConnectOptions,
  blockMs: number,
): RedisOptions {
  const { username, password, tls } = address;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: tlsOf(address) } : {}),
    lazyConnect: true,
    connectionName: `dunlin-${name}`,
    disableClientInfo: true,
    keepAlive: 10_000,
    connectTimeout: deadlineMs,
    commandTimeout: deadlineMs + blockMs,
    // Fails at once while there is no connection, and never sends by itself what may have been done already.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // When the connection goes again meanwhile, nobody catches what that throws, and the channels are forgotten.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retryMs,
    // After a failover the former master says so.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

function tlsOf({ ca }: RedisAddress): { ca?: Buffer } {
  return ca === undefined ? {} : { ca: readFileSync(ca) };
}

/** Spread, so that all who lost it do not come back together. */
function retryMs(times: number): number {
  return Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(times, 10)) * (0.5 + Math.random());
}
