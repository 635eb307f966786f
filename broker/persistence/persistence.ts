import { Readable } from 'node:stream';
import type { Client, Subscription } from 'aedes';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import { openSqlite, type SqliteDatabase } from '../../platform/sqlite/database.ts';
import type { OutgoingRow, PackedPacket } from './broker.worker.ts';
import {
  type BrokerPersistence,
  type ClientId,
  NO_HOOKS,
  type PersistenceHooks,
} from './broker-persistence.ts';
import { OutgoingQueues } from './outgoing.ts';
import { type AnyPacket, pack, unpack } from './packing.ts';
import { optionsText, SessionSubscriptions } from './subscriptions.ts';
import { Wills } from './wills.ts';

interface Loaded {
  subscriptions: { client: string; topic: string; options: string }[];
  sessions: { client: string; seen: number }[];
  retained: PackedPacket[];
  wills: (PackedPacket & { client: string })[];
  incoming: (PackedPacket & { client: string })[];
  outgoing: OutgoingRow[];
}

/**
 * What Aedes keeps: subscriptions of persistent sessions, retained messages, wills, QoS 2 handshakes, and the queues of `open/#`. In memory for
 * reading (aedes-persistence's own), in SQLite for ever. Set the hooks before the broker listens: nothing is loaded before.
 */
export class SqlitePersistence implements BrokerPersistence {
  readonly #database: SqliteDatabase;
  readonly #memory: AnyPacket;
  readonly #outgoing: OutgoingQueues;
  readonly #contract = new SessionSubscriptions();
  readonly #wills: Wills;
  /** Who has, or had, QoS 2 handshakes under way: others need no write to forget them. */
  readonly #receiving = new Set<string>();
  /** When the sessions with plain subscriptions were here last, ms since the epoch. */
  readonly #seen = new Map<string, number>();
  hooks: PersistenceHooks = NO_HOOKS;

  private constructor(database: SqliteDatabase, queueLimit: number) {
    this.#database = database;
    this.#memory = new MemoryPersistence();
    this.#wills = new Wills(database);
    this.#outgoing = new OutgoingQueues(database, queueLimit, {
      isHere: (client) => this.hooks.isHere(client),
      onDropped: (count) => this.hooks.onDropped(count),
    });
  }

  static async open(
    path: string,
    options: { queueLimit?: number; onCommit?: (jobs: number, seconds: number) => void } = {},
  ): Promise<SqlitePersistence> {
    const database = await openSqlite({
      path,
      module: new URL('./broker.worker.ts', import.meta.url),
      ...(options.onCommit === undefined ? {} : { onCommit: options.onCommit }),
    });
    return new SqlitePersistence(database, options.queueLimit ?? 1_000);
  }

  get broker(): AnyPacket {
    return this.#memory.broker;
  }

  async setup(broker: AnyPacket): Promise<void> {
    await this.#memory.setup(broker);
    await this.#load();
  }

  backup(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  async #load(): Promise<void> {
    const rows = await this.#database.read<Loaded>('load', null);
    for (const { client, seen } of rows.sessions) this.#seen.set(client, seen);
    for (const { client, topic, options } of rows.subscriptions)
      await this.#remember(client, { topic, ...JSON.parse(options) });
    for (const row of rows.retained) await this.#memory.storeRetained(unpack(row));
    this.#wills.load(rows.wills);
    for (const row of rows.incoming) {
      this.#receiving.add(row.client);
      await this.#memory.incomingStorePacket({ id: row.client }, unpack(row));
    }
    this.#outgoing.load(rows.outgoing);
  }

  async storeRetained(packet: AnyPacket): Promise<void> {
    await this.#database.write('retained.put', { topic: packet.topic, ...pack(packet) });
    await this.#memory.storeRetained(packet);
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: string[]): Readable {
    const plain = patterns.filter((pattern) => this.hooks.plain(pattern));
    // Each pattern is held against every retained message: none is not for nothing.
    return plain.length === 0 ? Readable.from([]) : this.#memory.createRetainedStreamCombi(plain);
  }

  async addSubscriptions(client: ClientId, subscriptions: Subscription[]): Promise<void> {
    const known = new Map(
      (await this.subscriptionsByClient(client)).map(({ topic, ...options }) => [
        topic,
        optionsText(options),
      ]),
    );
    // Aedes asks once for each subscription of a SUBSCRIBE, with all of them.
    const added = subscriptions.filter(
      ({ topic, ...options }) =>
        this.hooks.granted(client, topic) && known.get(topic) !== optionsText(options),
    );
    if (added.length === 0) return;
    for (const subscription of added) await this.#remember(client.id, subscription);
    try {
      await this.#database.write('subscriptions.add', {
        client: client.id,
        seen: this.#seen.get(client.id) ?? null,
        topics: added.map(({ topic, ...options }) => [topic, optionsText(options)]),
      });
    } catch (error) {
      await this.#forget(
        client.id,
        added.map(({ topic }) => topic),
      );
      throw error;
    }
  }

  async removeSubscriptions(client: ClientId, topics: string[]): Promise<void> {
    await this.#forget(client.id, topics);
    await this.#database.write('subscriptions.remove', { client: client.id, topics });
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    // A clean session is the common case, and mostly of a device that never had another [MQTT-3.1.2-6].
    const known = (await this.subscriptionsByClient(client)).length > 0;
    await this.#memory.cleanSubscriptions(client);
    this.#contract.forget(client.id);
    this.#seen.delete(client.id);
    if (known) await this.#database.write('subscriptions.clean', client.id);
    await this.#outgoing.forget(client.id);
  }

  async subscriptionsByClient(client: ClientId): Promise<Subscription[]> {
    const plain: Subscription[] = await this.#memory.subscriptionsByClient(client);
    return plain.concat(this.#contract.of(client.id));
  }

  subscriptionsByTopic(topic: string): Promise<AnyPacket[]> {
    return this.#memory.subscriptionsByTopic(topic);
  }

  countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#memory.countOffline();
  }

  getClientList(topic: string): Readable {
    return this.#memory.getClientList(topic);
  }

  async #remember(client: string, subscription: Subscription): Promise<void> {
    if (!this.hooks.plain(subscription.topic)) return this.#contract.add(client, subscription);
    await this.#memory.addSubscriptions({ id: client }, [subscription]);
    if (!this.#seen.has(client)) this.#seen.set(client, Date.now());
  }

  async #forget(client: string, topics: string[]): Promise<void> {
    await this.#memory.removeSubscriptions({ id: client }, topics);
    this.#contract.remove(client, topics);
  }

  /**
   * Ends the sessions with plain subscriptions that have been away since before `before` (ms since the epoch); notes for those that are
   * here that they were seen `now`. How many were ended.
   */
  async sweepSessions(now: number, before: number): Promise<number> {
    const here: string[] = [];
    let ended = 0;
    for (const [client, seen] of [...this.#seen]) {
      if (this.hooks.isHere(client)) {
        this.#seen.set(client, now);
        here.push(client);
      } else if (seen < before) {
        ended++;
        await this.cleanSubscriptions({ id: client });
        await this.cleanIncoming({ id: client });
      }
    }
    if (here.length > 0) await this.#database.write('sessions.seen', { clients: here, seen: now });
    return ended;
  }

  /** The connection of a session ended. */
  left(client: string, at: number): void {
    if (!this.#seen.has(client)) return;
    this.#seen.set(client, at);
    // Lost in a crash, it is counted from when it was written last.
    void this.#database.write('sessions.seen', { clients: [client], seen: at }).catch(() => {});
  }

  outgoingEnqueue(subscription: { clientId: string }, packet: AnyPacket): Promise<void> {
    return this.outgoingEnqueueCombi([subscription], packet);
  }

  outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AnyPacket): Promise<void> {
    return this.#outgoing.add(
      subscriptions.map(({ clientId }) => clientId),
      packet,
    );
  }

  outgoingUpdate(client: Client, packet: AnyPacket): Promise<void> {
    return this.#outgoing.update(client.id, packet);
  }

  async outgoingClearMessageId(client: Client, packet: AnyPacket): Promise<AnyPacket | undefined> {
    if (this.hooks.acknowledged(client, packet.messageId)) return undefined;
    return this.#outgoing.clear(client.id, packet);
  }

  /** A queued packet is not to be sent to this client after all. */
  dropOutgoing(client: ClientId, packet: AnyPacket): void {
    this.#outgoing.drop(client.id, packet);
  }

  outgoingStream(client: ClientId): Readable {
    return Readable.from(this.#outgoing.of(client.id));
  }

  /** All of them are in memory. */
  isUnread(): boolean {
    return false;
  }

  async incomingStorePacket(client: ClientId, packet: AnyPacket): Promise<void> {
    this.#receiving.add(client.id);
    await this.#database.write('incoming.put', {
      client: client.id,
      message: packet.messageId,
      ...pack(packet),
    });
    await this.#memory.incomingStorePacket(client, packet);
  }

  incomingGetPacket(client: ClientId, packet: AnyPacket): Promise<AnyPacket> {
    return this.#memory.incomingGetPacket(client, packet);
  }

  async incomingDelPacket(client: ClientId, packet: AnyPacket): Promise<void> {
    await this.#memory.incomingDelPacket(client, packet);
    await this.#database.write('incoming.drop', { client: client.id, message: packet.messageId });
  }

  async cleanIncoming(client: ClientId): Promise<void> {
    await this.#memory.cleanIncoming(client);
    if (!this.#receiving.delete(client.id)) return;
    // Nobody waits for what is forgotten: what a crash brings back is forgotten when the device comes again.
    void this.#database.write('incoming.clean', client.id).catch(() => {});
  }

  putWill(client: ClientId, packet: AnyPacket): Promise<void> {
    return this.#wills.put(client.id, this.broker.id, packet);
  }

  async getWill(client: ClientId): Promise<AnyPacket> {
    return this.#wills.get(client.id);
  }

  delWill(client: ClientId): Promise<AnyPacket> {
    return this.#wills.delete(client.id);
  }

  streamWill(brokers: Record<string, unknown> = {}): Readable {
    return this.#wills.beside(brokers);
  }

  async destroy(): Promise<void> {
    await this.#memory.destroy();
    await this.#database.close();
  }
}
