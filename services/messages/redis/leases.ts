import { randomUUID } from 'node:crypto';
import type { Engine } from '../../../platform/engine.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { script } from '../../../platform/redis/script.ts';
import { ALIVE, LEAVE, RELEASE, RENEW } from './lease-scripts.ts';

/** Where the leases are kept, and how far what they are for has been handled. */
export interface LeaseKeys {
  members: string;
  channel: string;
  owner(partition: number): string;
  last(partition: number): string;
  /** From which {@link acquire} tells how far the partition has been handled, and in which {@link commit} notes it. */
  progress(partition: number): string;
  /**
   * Scripts, by names of their own. acquire: KEYS owner, last, progress; ARGV token, lease in ms; nothing when it is another's, else n of
   * the newest entry, n of the newest that is handled, and the life. commit: KEYS owner, progress; ARGV token, life, n; 0 when it is
   * another's, or was.
   */
  acquire: { name: string; lua: string };
  commit: { name: string; lua: string };
}

export interface LeaseOptions {
  /** Milliseconds for which a partition stays with a process that gives no sign of life. */
  leaseMs: number;
  onAssigned(partitions: number[]): void;
  onLost(partitions: number[]): void;
}

/** A partition as long as it is ours, and how far its log and our work have come. */
export interface OwnedPartition {
  readonly partition: number;
  /** Of this ownership: a later one of the same process is another. */
  readonly token: string;
  /** Of the server, in which the numbers below mean something. */
  readonly life: string;
  /** Until when it is ours for sure and for long enough to handle a batch; by `performance.now()`, which does not stop with the process. */
  freshUntil: number;
  /** n of the newest entry that is known. */
  last: number;
  /** Everything up to here has been read, and was handled or set aside. */
  passed: number;
  /** Everything up to here is finished. */
  handled: number;
  committed: number;
  /** It goes to another: nothing more of it is handed out. */
  leaving: boolean;
  /** Records of it are with the handler. */
  underWay: boolean;
}

/** Of the lease, what has to be left before a batch is handed out. */
const SPARE = 1 / 3;

/**
 * Which partitions this process consumes: each of them has one owner at a time, by a key that expires, and everybody takes an equal
 * share. Who was stopped for so long that a partition may have another owner does not know it by any message, but by the clock.
 */
export class Leases {
  readonly owned = new Map<number, OwnedPartition>();
  readonly #member = randomUUID();
  readonly #engine: Engine;
  readonly #keys: LeaseKeys;
  readonly #partitions: number;
  readonly #options: LeaseOptions;
  readonly #scripts;

  constructor(
    redis: RedisConnection,
    engine: Engine,
    keys: LeaseKeys,
    partitions: number,
    options: LeaseOptions,
  ) {
    this.#engine = engine;
    this.#keys = keys;
    this.#partitions = partitions;
    this.#options = options;
    const { client } = redis;
    this.#scripts = {
      acquire: script<[number, number, string] | null>(client, keys.acquire.name, keys.acquire.lua),
      renew: script<number>(client, 'leaseRenew', RENEW),
      commit: script<number>(client, keys.commit.name, keys.commit.lua),
      release: script<number>(client, 'leaseRelease', RELEASE),
      alive: script<string[]>(client, 'leaseAlive', ALIVE),
      leave: script<number>(client, 'leaseLeave', LEAVE),
      isFree: async (partition: number) => (await client.exists(keys.owner(partition))) === 0,
    };
  }

  /** Whether a batch of it may be handed out now. */
  isFresh(owned: OwnedPartition): boolean {
    return this.isOurs(owned) && !owned.leaving && performance.now() < owned.freshUntil;
  }

  isOurs(owned: OwnedPartition): boolean {
    return this.owned.get(owned.partition) === owned;
  }

  /**
   * A sign of life: renews what is ours, lets go what is beyond our share once its work is committed, takes what is free and within it.
   * @throws {Refused} unavailable, overloaded
   */
  async tend(): Promise<void> {
    const { leaseMs } = this.#options;
    await this.renew();
    const members = await this.#engine.run(() =>
      this.#scripts.alive([this.#keys.members], this.#member, leaseMs, this.#keys.channel),
    );
    const share = shareOf(members.sort().indexOf(this.#member), members.length, this.#partitions);
    let staying = [...this.owned.values()].filter(({ leaving }) => !leaving);
    for (const owned of staying.slice(share)) owned.leaving = true;
    await this.letGo();
    staying = staying.slice(0, share);
    if (staying.length < share) await this.#take(share - staying.length);
  }

  /** @throws {Refused} unavailable, overloaded */
  async renew(): Promise<void> {
    const asked = performance.now();
    const { leaseMs } = this.#options;
    const owned = [...this.owned.values()];
    const newest = await this.#engine.run(() =>
      Promise.all(
        owned.map(({ partition, token, life }) =>
          this.#scripts.renew(
            [this.#keys.owner(partition), this.#keys.last(partition)],
            token,
            life,
            leaseMs,
          ),
        ),
      ),
    );
    for (const [i, one] of owned.entries()) {
      const last = newest[i]!;
      // A server that has lost what it had counts from the beginning again: so do we.
      if (last < one.passed) this.lose(one);
      one.last = Math.max(one.last, last);
      one.freshUntil = asked + leaseMs * (1 - SPARE);
    }
  }

  /** False: it is another's by now, and nothing was committed. @throws {Refused} unavailable, overloaded */
  async commit(owned: OwnedPartition, n: number): Promise<boolean> {
    const { partition, token, life } = owned;
    const keys = [this.#keys.owner(partition), this.#keys.progress(partition)];
    const done = await this.#engine.run(() => this.#scripts.commit(keys, token, life, n));
    if (done === 1) owned.committed = Math.max(owned.committed, n);
    else this.lose(owned);
    return done === 1;
  }

  /** What is leaving and has nothing left to be done here. */
  async letGo(): Promise<void> {
    for (const owned of [...this.owned.values()]) {
      if (!owned.leaving || owned.underWay || owned.committed < owned.handled) continue;
      this.lose(owned);
      await this.#release(owned);
    }
  }

  /** Others need not wait until the leases end. */
  async leave(): Promise<void> {
    const owned = [...this.owned.values()];
    for (const one of owned) this.lose(one);
    await Promise.allSettled([
      ...owned.map((one) => this.#release(one)),
      this.#engine.run(() => this.#scripts.leave([this.#keys.members], this.#member, this.#keys.channel)),
    ]);
  }

  lose(owned: OwnedPartition): void {
    if (!this.isOurs(owned)) return;
    this.owned.delete(owned.partition);
    this.#options.onLost([owned.partition]);
  }

  async #release({ partition, token }: OwnedPartition): Promise<void> {
    await this.#engine.run(() =>
      this.#scripts.release([this.#keys.owner(partition)], token, this.#keys.channel),
    );
  }

  async #take(wanted: number): Promise<void> {
    const others = Array.from({ length: this.#partitions }, (_, i) => i).filter((p) => !this.owned.has(p));
    const free = await this.#engine.run(() => Promise.all(others.map((p) => this.#scripts.isFree(p))));
    const wish = others.filter((_, i) => free[i]).slice(0, wanted);
    const taken = await this.#engine.run(() =>
      Promise.all(wish.map((partition) => this.#acquire(partition))),
    );
    const assigned = taken.filter((owned) => owned !== null);
    if (assigned.length === 0) return;
    for (const owned of assigned) this.owned.set(owned.partition, owned);
    this.#options.onAssigned(assigned.map(({ partition }) => partition));
  }

  async #acquire(partition: number): Promise<OwnedPartition | null> {
    const { leaseMs } = this.#options;
    const { owner, last, progress } = this.#keys;
    const token = `${this.#member}:${randomUUID()}`;
    const asked = performance.now();
    const keys = [owner(partition), last(partition), progress(partition)];
    const got = await this.#scripts.acquire(keys, token, leaseMs);
    if (got === null) return null;
    const [newest, handled, life] = got;
    const freshUntil = asked + leaseMs * (1 - SPARE);
    const at = { last: newest, passed: handled, handled, committed: handled };
    return { partition, token, life, freshUntil, ...at, leaving: false, underWay: false };
  }
}

/** How many of the partitions the one at `rank` among the members has, so that all of them have all. */
export function shareOf(rank: number, members: number, partitions: number): number {
  return Math.floor(partitions / members) + (rank < partitions % members ? 1 : 0);
}
