import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';
import type { NodeLease } from '../nodes/lease.ts';

export interface AnnouncementsParts {
  connection: RedisConnection;
  engine: Pick<Engine, 'run'>;
  lease: NodeLease;
  /** The channel on which a user's changes are told. */
  channel(user: string): string;
  logger: Logger;
}

/** What nobody renews is gone after so long: a whole installation may have died. */
const KEPT_MS = 60 * 60 * 1_000;
/** Users are announced again so often within that time. */
const TIMES_KEPT = 3;
/** Users told at once. */
const CHUNK = 200;
/** Longest that a node which goes stays for taking its own users off. */
const FAREWELL_MS = 2_000;

/** Keys: leases under which the user is online. Lease, milliseconds to keep it, channel. */
const CAME = `local there = redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if there == 0 then redis.call('PUBLISH', ARGV[3], '1') end
return 1`;

/** Keys: as above. Lease, channel. */
const LEFT = `if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 and redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('PUBLISH', ARGV[2], '0')
end
return 1`;

/**
 * What this node tells Redis of its users: a hash a user, with a field for each lease under which the user is online, and a set a lease
 * with its users, so that whoever clears up after it finds them. In the set before in the hash, and out of the hash before out of the set.
 */
export class Announcements {
  readonly #parts: AnnouncementsParts;
  readonly #cameScript: Script<number>;
  readonly #leftScript: Script<number>;
  /** Users with a device here. */
  readonly own = new Set<string>();
  /** Users of whom it is to be told again whether they are here. */
  #changed = new Set<string>();
  /** Those of whom it was told that they are here longest ago come first. */
  #round: string[] = [];
  /** Users that are due to be told again, for parts of one. */
  #due = 0;
  #roundAt = 0;
  #telling: Promise<void> | null = null;
  #clearing: Promise<void> | null = null;
  /** All of {@link own} is to be told under a new lease, and then the old one given up. */
  #moving = false;
  #stopped = false;

  constructor(parts: AnnouncementsParts) {
    this.#parts = parts;
    const { connection, lease } = parts;
    this.#cameScript = script(connection.client, 'userCame', CAME);
    this.#leftScript = script(connection.client, 'userLeft', LEFT);
    lease.onRenewed(() => {
      this.#moving = true;
      this.#changed = new Set(this.own);
    });
    lease.onBeat(() => {
      this.#keep();
      void this.#tell();
      void this.#clear();
    });
  }

  key(user: string): string {
    return `${this.#parts.connection.prefix}online:${user}`;
  }

  /** The user has come or gone: see {@link own}. */
  change(user: string): void {
    // Without a lease there will be a new one, under which only those are announced who are here.
    if (!this.#parts.lease.held || this.#stopped) return;
    this.#changed.add(user);
    // Those who come together go together.
    if (this.#telling === null) queueMicrotask(() => void this.#tell());
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#changed.clear();
    await this.#telling;
    const { lease } = this.#parts;
    const last = lease.id;
    await lease.stop();
    const until = performance.now() + FAREWELL_MS;
    try {
      await this.#takeOff(last, until);
    } catch {
      // Another node does it.
    }
  }

  #tell(): Promise<void> {
    this.#telling ??= this.#tellChanged().finally(() => {
      this.#telling = null;
    });
    return this.#telling;
  }

  async #tellChanged(): Promise<void> {
    const { lease, logger } = this.#parts;
    while (lease.held && !this.#stopped && this.#changed.size > 0) {
      const under = lease.id;
      const users = taken(this.#changed, CHUNK);
      try {
        await this.#tellOf(users, under);
      } catch (error) {
        // With the next sign of life.
        if (lease.id === under) for (const user of users) this.#changed.add(user);
        logger.debug({ err: error }, 'who is here could not be announced');
        return;
      }
    }
    if (!this.#moving || !lease.held || this.#stopped) return;
    this.#moving = false;
    await lease.announced();
    await this.#clear();
  }

  async #tellOf(users: string[], lease: string): Promise<void> {
    const { engine, connection, channel } = this.#parts;
    const { client } = connection;
    const here = users.filter((user) => this.own.has(user));
    const away = users.filter((user) => !this.own.has(user));
    const set = this.#usersOf(lease);
    await engine.run(async () => {
      if (here.length > 0) await client.sadd(set, ...here);
      await client.pexpire(set, KEPT_MS);
      await Promise.all([
        ...here.map((user) => this.#cameScript([this.key(user)], lease, KEPT_MS, channel(user))),
        ...away.map((user) => this.#leftScript([this.key(user)], lease, channel(user))),
      ]);
      // Who came back meanwhile is told again, and is in the set again then.
      if (away.length > 0) await client.srem(set, ...away);
    });
  }

  /** Announces a part of all users again, so that every one of them is announced well before it would be forgotten. */
  #keep(): void {
    const now = performance.now();
    const elapsed = this.#roundAt === 0 ? 0 : now - this.#roundAt;
    this.#roundAt = now;
    this.#due = Math.min(this.own.size, this.#due + (this.own.size * elapsed * TIMES_KEPT) / KEPT_MS);
    while (this.#due >= 1 && this.own.size > 0) {
      this.#due--;
      if (this.#round.length === 0) this.#round = [...this.own];
      this.#changed.add(this.#round.pop()!);
    }
  }

  /** Takes off the users of nodes that died. */
  #clear(): Promise<void> {
    this.#clearing ??= this.#clearDead().finally(() => {
      this.#clearing = null;
    });
    return this.#clearing;
  }

  async #clearDead(): Promise<void> {
    const { lease, logger } = this.#parts;
    try {
      while (!this.#stopped) {
        const dead = await lease.takeDead();
        if (dead === null) return;
        await this.#takeOff(dead, Number.POSITIVE_INFINITY);
        if (dead.startsWith(`${lease.node}.`)) continue;
        logger.warn({ lease: dead }, 'a node is gone; its users were taken off');
      }
    } catch (error) {
      // What was begun comes up again after a while, here or elsewhere.
      logger.debug({ err: error }, 'what a dead node left could not be cleared up');
    }
  }

  async #takeOff(lease: string, until: number): Promise<void> {
    const { engine, connection, channel } = this.#parts;
    const set = this.#usersOf(lease);
    let cursor = '0';
    do {
      if (performance.now() > until) return;
      const [next, users] = await engine.run(() => connection.client.sscan(set, cursor, 'COUNT', CHUNK));
      cursor = next;
      await engine.run(() =>
        Promise.all(users.map((user) => this.#leftScript([this.key(user)], lease, channel(user)))),
      );
    } while (cursor !== '0');
    await engine.run(() => connection.client.del(set));
    await this.#parts.lease.cleared(lease);
  }

  #usersOf(lease: string): string {
    return `${this.#parts.connection.prefix}node:${lease}:users`;
  }
}

function taken(from: Set<string>, most: number): string[] {
  const some: string[] = [];
  for (const user of from) {
    some.push(user);
    if (some.length === most) break;
  }
  for (const user of some) from.delete(user);
  return some;
}
