import { randomBytes } from 'node:crypto';
import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';

export interface LeaseParts {
  connection: RedisConnection;
  engine: Pick<Engine, 'run'>;
  logger: Logger;
  /** Milliseconds after which a node that says nothing counts as dead. */
  leaseMs?: number;
  /** Milliseconds between two signs of life. */
  everyMs?: number;
}

const LEASE_MS = 10_000;
const EVERY_MS = 3_000;
/** Milliseconds that one node has to clear up after another; after that somebody else tries. */
const CLEARING_MS = 30_000;
/** The list of nodes outlives all of them by so long, for those who come back and clear up. */
const LIST_MS = 24 * 60 * 60 * 1_000;
/** More old leases than that run out by themselves. */
const MOST_OLD = 20;

const NOW = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

/** Keys: leases. Lease, its milliseconds, whether it is a new one, how long the list is kept. 0: it has been taken away. */
const BEAT = `${NOW}
if ARGV[3] == '0' and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** Keys: leases, dead. Milliseconds to clear up, how long the list is kept. A dead one that is the caller's to clear up, or nothing. */
const TAKE = `${NOW}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZADD', KEYS[2], now, id)
end
local id = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1)[1]
if not id then return false end
redis.call('ZADD', KEYS[2], now + ARGV[1], id)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return id`;

/** Keys: leases, dead. Its owner gives a lease up; it is cleared up next. */
const GIVE_UP = `redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1`;

/**
 * This process among the others: it holds a lease, and says again and again that it lives. When the lease runs out another node takes it
 * away and clears up what was under it. A lease that was lost, or may have been, is never used again: a node that was frozen wakes with a
 * new one, under which everything is announced anew, and whoever clears up the old one takes nothing of the new.
 */
export class NodeLease {
  /** What this process is called, as long as it lives. */
  readonly node = randomBytes(12).toString('hex');
  readonly #parts: LeaseParts;
  readonly #keys: [leases: string, dead: string];
  readonly #beatScript: Script<number>;
  readonly #takeScript: Script<string | null>;
  readonly #giveUpScript: Script<number>;
  readonly #onRenewed = new Set<() => void>();
  readonly #onBeat = new Set<() => void>();
  readonly #ready = () => void this.#beat();
  readonly #close = () => {
    this.#held = false;
  };
  #generation = 1;
  #held = false;
  /** This generation has been held: if it is not any more, it is over. */
  #used = false;
  /** Leases of ours that are to be cleared up at once. */
  #old: string[] = [];
  #beating: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    const { client, prefix } = parts.connection;
    // Both in one place of a Cluster.
    this.#keys = [`${prefix}{nodes}:leases`, `${prefix}{nodes}:dead`];
    this.#beatScript = script(client, 'nodeBeat', BEAT);
    this.#takeScript = script(client, 'nodeTake', TAKE);
    this.#giveUpScript = script(client, 'nodeGiveUp', GIVE_UP);
  }

  /** The lease that this node holds, or held last. */
  get id(): string {
    return `${this.node}.${this.#generation}`;
  }

  /** False: there is none, and the next will be a new one. */
  get held(): boolean {
    return this.#held;
  }

  /** There is a new lease: what is under the old one is to be announced under this. */
  onRenewed(listener: () => void): void {
    this.#onRenewed.add(listener);
  }

  /** After every sign of life. */
  onBeat(listener: () => void): void {
    this.#onBeat.add(listener);
  }

  /** Resolves when there is a lease, or Redis does not answer: then it goes on trying. */
  async start(): Promise<void> {
    const { client } = this.#parts.connection;
    client.on('ready', this.#ready);
    client.on('close', this.#close);
    this.#timer = setInterval(() => void this.#beat(), this.#parts.everyMs ?? EVERY_MS).unref();
    await this.#beat();
  }

  /** Everything under the old lease has been announced under the new one. */
  async announced(): Promise<void> {
    for (const old of this.#old.splice(0)) await this.#giveUp(old);
  }

  /** A lease that ran out, and that is this node's to clear up now; null: there is none. @throws {Refused} unavailable, overloaded */
  async takeDead(): Promise<string | null> {
    return this.#parts.engine.run(() => this.#takeScript(this.#keys, CLEARING_MS, LIST_MS));
  }

  /** What was under the lease is gone. @throws {Refused} unavailable, overloaded */
  async cleared(lease: string): Promise<void> {
    await this.#parts.engine.run(() => this.#parts.connection.client.zrem(this.#keys[1], lease));
  }

  /** Gives the lease up: what is still under it is cleared up by whoever comes first. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    const { client } = this.#parts.connection;
    client.off('ready', this.#ready);
    client.off('close', this.#close);
    await this.#beating;
    if (this.#held) await this.#giveUp(this.id);
    this.#held = false;
  }

  async #giveUp(lease: string): Promise<void> {
    try {
      await this.#parts.engine.run(() => this.#giveUpScript(this.#keys, lease, LIST_MS));
    } catch {
      // Then it runs out.
    }
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#signOfLife().finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  async #signOfLife(): Promise<void> {
    if (this.#stopped || this.#parts.connection.client.status !== 'ready') return;
    try {
      if (this.#held && (await this.#sign(false))) return this.#tell(this.#onBeat);
      if (this.#held)
        this.#parts.logger.warn('this node did not show itself in time: it announces all again');
      this.#held = false;
      this.#begin();
      await this.#sign(true);
    } catch (error) {
      // The next one comes soon; for how long the lease lasts only the other nodes know.
      this.#parts.logger.debug({ err: error }, 'no sign of life could be given');
      return;
    }
    this.#used = true;
    this.#held = this.#parts.connection.client.status === 'ready';
    if (!this.#held) return;
    this.#tell(this.#onRenewed);
    this.#tell(this.#onBeat);
  }

  /** A new generation, unless nobody has seen this one yet. */
  #begin(): void {
    if (!this.#used) return;
    this.#old = [...this.#old.slice(-MOST_OLD), this.id];
    this.#generation++;
    this.#used = false;
  }

  async #sign(anew: boolean): Promise<boolean> {
    const { engine, leaseMs = LEASE_MS } = this.#parts;
    const args = [this.id, leaseMs, anew ? 1 : 0, LIST_MS];
    return (await engine.run(() => this.#beatScript([this.#keys[0]], ...args))) === 1;
  }

  #tell(listeners: Set<() => void>): void {
    if (!this.#stopped) for (const listener of listeners) listener();
  }
}
