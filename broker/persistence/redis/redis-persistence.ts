import { Readable } from 'node:stream';
import type { Client, Subscription } from 'aedes';
import type { Engine } from '../../../platform/engine.ts';
import { isAway } from '../../../platform/probe.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { Refused } from '../../../protocol/errors.ts';
import {
  type BrokerPersistence,
  type ClientId,
  NO_HOOKS,
  type PersistenceHooks,
} from '../broker-persistence.ts';
import type { AnyPacket } from '../packing.ts';
import { type Held, HeldChanges } from './held.ts';
import { Kept } from './kept.ts';
import { Place } from './place.ts';
import { PlainIndex } from './plain-index.ts';
import { RedisQueues } from './queues.ts';
import { optionsOf, RedisSessions } from './sessions.ts';
import { RedisWills } from './wills.ts';

export interface RedisPersistenceOptions {
  /** Packets kept for a session that is away; default 1,000. */
  queueLimit?: number;
  /** Days that a session which is away is kept; default 30. */
  sessionDays?: number;
  /** Whether it is known which nodes are alive; until then no will of another node is published. Default: it is. */
  knowsNodes?(): boolean;
  /** Told of what went wrong with nobody waiting for it. */
  onFailed?(error: unknown): void;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const SWEEP_PAGE = 100;

/**
 * What Aedes keeps, in Redis, shared by all nodes. While Redis is away a device connects with an empty session, subscribes (which is
 * written when it is back) and ends; what it publishes to `open/#` at QoS 1 or 2, or retained, is not acknowledged. The caller closes the
 * connection.
 */
export class RedisPersistence implements BrokerPersistence {
  readonly #index: PlainIndex;
  readonly #sessions: RedisSessions;
  readonly #queues: RedisQueues;
  readonly #wills: RedisWills;
  readonly #kept: Kept;
  readonly #held: HeldChanges;
  readonly #options: RedisPersistenceOptions;
  /** Of a SUBSCRIBE: Aedes asks once for each of its subscriptions, with all of them. */
  readonly #adding = new WeakMap<object, { client: string; topics: Set<string>; done: Promise<void>[] }>();
  /** Publishes at QoS 2 of which it could not be said whether they had come before. */
  readonly #doubtful = new WeakSet<object>();
  #broker: AnyPacket;
  hooks: PersistenceHooks = NO_HOOKS;

  constructor(connection: RedisConnection, engine: Engine, options: RedisPersistenceOptions = {}) {
    const place = new Place(connection, engine);
    const keepMs = ((options.sessionDays ?? 30) + 1) * DAY_MS;
    this.#options = options;
    this.#index = new PlainIndex(place);
    this.#queues = new RedisQueues(place, { away: options.queueLimit ?? 1_000, keepMs });
    this.#sessions = new RedisSessions(place, this.#index, {
      plain: (topic) => this.hooks.plain(topic),
      others: (client) => this.#queues.keysOf(client),
    });
    this.#wills = new RedisWills(place);
    this.#kept = new Kept(place, keepMs);
    this.#held = new HeldChanges((client, held) => this.#write(client, held), options.onFailed);
  }

  get broker(): AnyPacket {
    return this.#broker;
  }

  async setup(broker: AnyPacket): Promise<void> {
    this.#broker = broker;
  }

  storeRetained(packet: AnyPacket): Promise<void> {
    return this.#kept.storeRetained(packet);
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: string[]): Readable {
    return this.#kept.retained(patterns.filter((pattern) => this.hooks.plain(pattern)));
  }

  async addSubscriptions(client: ClientId, subscriptions: Subscription[]): Promise<void> {
    let adding = this.#adding.get(subscriptions);
    if (adding?.client !== client.id) adding = { client: client.id, topics: new Set(), done: [] };
    this.#adding.set(subscriptions, adding);
    const changes = new Map<string, string>();
    for (const subscription of subscriptions) {
      const { topic } = subscription;
      if (!adding.topics.has(topic) && this.hooks.granted(client, topic))
        changes.set(topic, optionsOf(subscription));
    }
    for (const topic of changes.keys()) adding.topics.add(topic);
    if (changes.size > 0) adding.done.push(this.#held.change(client.id, { changes }));
    await Promise.all(adding.done);
  }

  async removeSubscriptions(client: ClientId, topics: string[]): Promise<void> {
    if (topics.length === 0) return;
    await this.#held.change(client.id, { changes: new Map(topics.map((topic) => [topic, null])) });
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    await this.#held.change(client.id, { ended: true });
  }

  /** A session that cannot be read is an empty one. */
  async subscriptionsByClient(client: ClientId): Promise<Subscription[]> {
    const stored = await unlessAway(this.#sessions.of(client.id), []);
    return this.#held.over(client.id, stored);
  }

  async subscriptionsByTopic(topic: string): Promise<AnyPacket[]> {
    await this.#held.settle();
    return this.#index.byTopic(topic);
  }

  countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#index.count();
  }

  getClientList(topic: string): Readable {
    return this.#index.clientList(topic);
  }

  async sweepSessions(now: number, before: number): Promise<number> {
    const here = [...this.#index.clients()].filter((client) => this.hooks.isHere(client));
    for (let at = 0; at < here.length; at += SWEEP_PAGE) {
      const page = here.slice(at, at + SWEEP_PAGE);
      await this.#index.seen(page, now);
      await Promise.all(page.map((client) => this.#queues.stays(client, this.#broker.id)));
    }
    let ended = 0;
    let kept = 0;
    for (;;) {
      const page = await this.#index.seenBefore(before, kept, SWEEP_PAGE);
      for (const client of page) {
        const ends =
          !this.hooks.isHere(client) &&
          !(await this.#queues.isElsewhere(client)) &&
          (await this.#index.claim(client, before));
        if (!ends) kept++;
        else {
          ended++;
          await this.cleanSubscriptions({ id: client });
          await this.cleanIncoming({ id: client });
        }
      }
      if (page.length < SWEEP_PAGE) return ended;
    }
  }

  left(client: string, at: number): void {
    this.#alone(this.#index.seen([client], at));
    this.#alone(this.#queues.leaves(client, this.#broker.id));
  }

  outgoingEnqueue(subscription: { clientId: string }, packet: AnyPacket): Promise<void> {
    return this.outgoingEnqueueCombi([subscription], packet);
  }

  async outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AnyPacket): Promise<void> {
    if (subscriptions.length === 0) return;
    // Once, also when several subscriptions of a session match.
    const clients = new Set(subscriptions.map(({ clientId }) => clientId));
    const dropped = await this.#queues.add(clients, packet);
    if (dropped > 0) this.hooks.onDropped(dropped);
  }

  /** Resolves to undefined: Aedes takes any value for an error. */
  async outgoingUpdate(client: Client, packet: AnyPacket): Promise<void> {
    if (packet.cmd === 'pubrel') return this.#queues.release(client.id, packet);
    // Redis away: who is connected gets it all the same, perhaps twice.
    await unlessAway(this.#queues.number(client.id, packet), undefined);
  }

  async outgoingClearMessageId(client: Client, packet: AnyPacket): Promise<AnyPacket | undefined> {
    const { messageId } = packet;
    if (this.hooks.acknowledged(client, messageId)) return undefined;
    // Aedes asks this of a second copy too, of a message that two subscriptions match: the first is on its way.
    if (messageId === undefined || messageId === null) return undefined;
    // What stays is sent again, as QoS 1 allows.
    return unlessAway(this.#queues.clear(client.id, messageId), undefined);
  }

  dropOutgoing(client: ClientId, packet: AnyPacket): void {
    this.#alone(this.#queues.drop(client.id, packet));
  }

  outgoingStream(client: ClientId & { clean?: boolean }): Readable {
    // Its queue is gone, or will be.
    if (client.clean === true || this.#held.of(client.id)?.ended === true) return Readable.from([]);
    return this.#queues.stream(client.id, this.hooks.isHere(client.id) ? '' : this.#broker.id);
  }

  isUnread(client: string): boolean {
    return this.#queues.unread.has(client);
  }

  async incomingStorePacket(client: ClientId, packet: AnyPacket): Promise<void> {
    // Aedes takes any failure of the question whether it is known for a no.
    if (this.#doubtful.has(packet)) throw new Refused('unavailable');
    await this.#kept.storeIncoming(client, packet);
  }

  async incomingGetPacket(client: ClientId, packet: AnyPacket): Promise<AnyPacket> {
    try {
      return await this.#kept.incoming(client, packet);
    } catch (error) {
      if (isAway(error)) this.#doubtful.add(packet);
      throw error;
    }
  }

  incomingDelPacket(client: ClientId, packet: AnyPacket): Promise<void> {
    return this.#kept.deleteIncoming(client, packet);
  }

  async cleanIncoming(client: ClientId): Promise<void> {
    // What stays ends by itself.
    await unlessAway(this.#kept.cleanIncoming(client), undefined);
  }

  async putWill(client: ClientId, packet: AnyPacket): Promise<void> {
    packet.brokerId = this.#broker.id;
    packet.clientId = client.id;
    await this.#held.change(client.id, { will: packet });
  }

  async getWill(client: ClientId): Promise<AnyPacket> {
    const { will } = this.#held.of(client.id) ?? {};
    return will === undefined ? this.#wills.get(client.id) : (will ?? undefined);
  }

  /** Never rejects: Aedes does not look. */
  async delWill({ id, brokerId }: ClientId & { brokerId?: string }): Promise<AnyPacket> {
    try {
      if (this.#held.of(id) === undefined) return await this.#wills.delete(id, brokerId);
    } catch (error) {
      if (!isAway(error)) this.#options.onFailed?.(error);
    }
    try {
      // What is held is this node's will, or that there is none.
      if (brokerId === undefined || brokerId === this.#broker.id) this.#held.hold(id, { will: null });
    } catch {
      // No room for it: it may be published although its device is here.
    }
    return undefined;
  }

  streamWill(brokers: Record<string, unknown> = {}): Readable {
    if (this.#options.knowsNodes?.() === false) return Readable.from([]);
    return Readable.from(this.#wills.beside(brokers, this.#broker.id));
  }

  async destroy(): Promise<void> {
    await unlessAway(this.#held.settle(), undefined);
    this.#held.stop();
    this.#index.stop();
  }

  async #write(client: string, { ended, changes, will }: Held): Promise<void> {
    if (ended) await this.#sessions.end(client);
    if (changes.size > 0) await this.#sessions.change(client, changes);
    if (will === null) await this.#wills.delete(client);
    else if (will !== undefined) await this.#wills.put(client, this.#broker.id, will);
  }

  /** Nobody waits for it. */
  #alone(work: Promise<unknown>): void {
    work.catch((error) => {
      if (!isAway(error)) this.#options.onFailed?.(error);
    });
  }
}

/** What Redis says, or `fallback` when it is away. */
async function unlessAway<T>(asked: Promise<T>, fallback: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isAway(error)) throw error;
    return fallback;
  }
}
