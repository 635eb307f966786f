import { within } from '../../platform/within.ts';
import type { Channels } from '../nodes/channels.ts';
import { Announcements, type AnnouncementsParts } from './announcements.ts';
import type { OnlineUsers } from './online-users.ts';

export interface RedisOnlineUsersParts extends Omit<AnnouncementsParts, 'channel'> {
  channels: Channels;
}

/** What is known of a user who is watched here. */
interface Known {
  /** Online at any node, as Redis said last. */
  anywhere: boolean;
  /** Redis has said something. */
  asked: boolean;
  /** What was answered or told; null: nothing yet. */
  told: boolean | null;
  /** Grows with everything that is heard: an answer that was asked for before that is too old. */
  version: number;
  /** Resolves when the first question was answered, or could not be. */
  first: Promise<void>;
  answered(): void;
}

/** Users who are asked after at once. */
const READS = 100;
/** What was said last of users who are not watched, for when it cannot be asked. */
const MOST_REMEMBERED = 10_000;
/** Watched users looked at again with each sign of life: a word may have been lost. */
const LOOKS = 200;
/** Within it all nodes have noticed that Redis is back, and announced their users. */
const BACK_MS = 3_000;
/** Longest that a question about a user who was watched just now waits. */
const FIRST_MS = 1_000;

/** Who is online, in Redis. */
export class RedisOnlineUsers implements OnlineUsers {
  readonly #parts: RedisOnlineUsersParts;
  readonly #announcements: Announcements;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Set<(user: string, online: boolean) => void>();
  readonly #remembered = new Map<string, boolean>();
  readonly #toRead = new Set<string>();
  /** Users that were told of, and of whom something may have been missed. */
  readonly #toReadLater = new Set<string>();
  #later: NodeJS.Timeout | undefined;
  #looks: string[] = [];
  /** Monotonic milliseconds before which no known state is doubted. */
  #trustedUntil = 0;
  #reading = false;

  constructor(parts: RedisOnlineUsersParts) {
    this.#parts = parts;
    const channel = (user: string) => this.#channel(user);
    this.#announcements = new Announcements({ ...parts, channel });
    parts.lease.onRenewed(() => {
      this.#trustedUntil = performance.now() + BACK_MS;
    });
    parts.lease.onBeat(() => this.#look());
  }

  get #own(): ReadonlySet<string> {
    return this.#announcements.own;
  }

  came(user: string): void {
    if (this.#own.has(user)) return;
    this.#announcements.own.add(user);
    this.#announcements.change(user);
    this.#settle(user);
  }

  left(user: string): void {
    if (!this.#announcements.own.delete(user)) return;
    this.#announcements.change(user);
    const known = this.#known.get(user);
    if (known === undefined) return;
    // Redis tells when it was the last node that had the user, unless it has not heard of the user. When it is away nobody knows of others.
    if (this.#parts.lease.held && (known.anywhere || !known.asked)) return;
    known.anywhere = false;
    this.#settle(user);
  }

  online(user: string): boolean | Promise<boolean> {
    if (this.#own.has(user)) return true;
    const known = this.#known.get(user);
    if (known === undefined) return this.#ask(user);
    return known.told ?? this.#firstOf(user, known);
  }

  async among(users: readonly string[]): Promise<ReadonlySet<string>> {
    const { engine, connection } = this.#parts;
    const others = users.filter((user) => !this.#own.has(user));
    // Sent together: they take one round trip.
    const found =
      others.length === 0
        ? []
        : await engine.run(() =>
            Promise.all(others.map((user) => connection.client.exists(this.#announcements.key(user)))),
          );
    const elsewhere = new Set(others.filter((_, i) => found[i] === 1));
    return new Set(users.filter((user) => this.#own.has(user) || elsewhere.has(user)));
  }

  watch(user: string): void {
    if (this.#known.has(user)) return;
    const { promise: first, resolve: answered } = Promise.withResolvers<void>();
    const told = this.#own.has(user) ? true : null;
    this.#known.set(user, { anywhere: false, asked: false, told, version: 0, first, answered });
    this.#parts.channels.listen(
      this.#channel(user),
      (text) => this.#heard(user, text),
      () => this.#listening(user),
    );
    // Nobody answers now: who asks is not kept waiting.
    if (this.#parts.connection.client.status !== 'ready') answered();
  }

  unwatch(user: string): void {
    const known = this.#known.get(user);
    if (known === undefined) return;
    known.answered();
    this.#known.delete(user);
    this.#toRead.delete(user);
    this.#toReadLater.delete(user);
    this.#parts.channels.unlisten(this.#channel(user));
  }

  onChange(listener: (user: string, online: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    clearTimeout(this.#later);
    this.#toReadLater.clear();
    for (const user of [...this.#known.keys()]) this.unwatch(user);
    await this.#announcements.stop();
  }

  /** What is known is kept for a moment: who comes back to an empty Redis is told of others when they have announced theirs. */
  #listening(user: string): void {
    if ((this.#known.get(user)?.told ?? null) === null) return this.#read(user);
    this.#toReadLater.add(user);
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      for (const known of this.#toReadLater) this.#read(known);
      this.#toReadLater.clear();
    }, BACK_MS).unref();
  }

  #channel(user: string): string {
    return `${this.#parts.connection.prefix}online:changed:${user}`;
  }

  #heard(user: string, text: string): void {
    const known = this.#known.get(user);
    if (known === undefined || (text !== '0' && text !== '1')) return;
    known.version++;
    this.#learn(user, known, text === '1');
  }

  #learn(user: string, known: Known, anywhere: boolean): void {
    known.anywhere = anywhere;
    known.asked = true;
    this.#settle(user);
    known.answered();
  }

  #settle(user: string): void {
    const known = this.#known.get(user);
    if (known === undefined) return;
    const online = known.anywhere || this.#own.has(user);
    if (known.told === online) return;
    const before = known.told;
    known.told = online;
    // Those who ask get the first as an answer.
    if (before === null) return;
    for (const listener of this.#listeners) listener(user, online);
  }

  async #firstOf(user: string, known: Known): Promise<boolean> {
    await within(known.first, FIRST_MS);
    known.told ??= this.#own.has(user) || known.anywhere;
    return known.told;
  }

  /** Of somebody who is not watched. */
  async #ask(user: string): Promise<boolean> {
    const { engine, connection } = this.#parts;
    try {
      const online = (await engine.run(() => connection.client.exists(this.#announcements.key(user)))) === 1;
      this.#remembered.delete(user);
      this.#remembered.set(user, online);
      if (this.#remembered.size > MOST_REMEMBERED)
        this.#remembered.delete(this.#remembered.keys().next().value!);
      return online;
    } catch {
      return this.#remembered.get(user) ?? false;
    }
  }

  #look(): void {
    if (performance.now() < this.#trustedUntil) return;
    for (let n = 0; n < LOOKS && this.#known.size > 0; n++) {
      if (this.#looks.length === 0) {
        if (n > 0) return;
        this.#looks = [...this.#known.keys()];
      }
      this.#read(this.#looks.pop()!);
    }
  }

  #read(user: string): void {
    if (!this.#known.has(user)) return;
    this.#toRead.add(user);
    if (!this.#reading) queueMicrotask(() => void this.#readAll());
  }

  async #readAll(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#toRead.size > 0) {
        const users: string[] = [];
        for (const user of this.#toRead) {
          users.push(user);
          if (users.length === READS) break;
        }
        for (const user of users) this.#toRead.delete(user);
        await Promise.all(users.map((user) => this.#readOne(user)));
      }
    } finally {
      this.#reading = false;
    }
  }

  async #readOne(user: string): Promise<void> {
    const known = this.#known.get(user);
    if (known === undefined) return;
    const { engine, connection } = this.#parts;
    const { version } = known;
    try {
      const online = (await engine.run(() => connection.client.exists(this.#announcements.key(user)))) === 1;
      // Own users that are not announced yet, or not taken off yet, are told when Redis knows of them.
      if (this.#known.get(user) === known && known.version === version) this.#learn(user, known, online);
    } catch {
      // It is looked at again later.
      known.answered();
    }
  }
}
