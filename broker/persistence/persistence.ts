import { Readable } from 'node:stream';
import type { Client, Subscription } from 'aedes';
import aedesPacket from 'aedes-packet';
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import { openSqlite, type SqliteDatabase } from '../../platform/sqlite/database.ts';
import type { OutgoingRow, PackedPacket } from './broker.worker.ts';

/** A packet as Aedes hands it to a persistence. */
// biome-ignore lint/suspicious/noExplicitAny: aedes-packet has no type for what it constructs
type AnyPacket = any;
type ClientId = { id: string };
/** A constructor that its types call a namespace. */
const Packet = aedesPacket as unknown as new (packet: AnyPacket) => AnyPacket;

/** How the rest of the broker takes part in what Aedes asks its persistence. */
export interface PersistenceHooks {
  /** A PUBACK for one of delivery's own packet identifiers. */
  acknowledged(client: Client, packetId: number): boolean;
  /** Retained messages that are not kept but made when asked for: presence. Null: the topic is not one of these. */
  retained(topic: string): AnyPacket[] | null;
  /** Whether a subscription was granted: Aedes stores the refused ones of a SUBSCRIBE with it too. */
  granted(client: ClientId, topic: string): boolean;
  onDropped(count: number): void;
}

const NO_HOOKS: PersistenceHooks = {
  acknowledged: () => false,
  retained: () => null,
  granted: () => true,
  onDropped: () => {},
};

/**
 * What Aedes keeps: subscriptions of persistent sessions, retained messages, wills, QoS 2 handshakes, and the queues of `open/#`. In memory for
 * reading (aedes-persistence's own), in SQLite for ever. The queue of a session that is away is bounded: its oldest go first.
 */
export class SqlitePersistence {
  readonly #database: SqliteDatabase;
  readonly #memory: AnyPacket;
  readonly #queueLimit: number;
  /** Packets waiting a session, oldest first: to know what to drop. */
  readonly #queues = new Map<string, AnyPacket[]>();
  hooks: PersistenceHooks = NO_HOOKS;

  private constructor(database: SqliteDatabase, queueLimit: number) {
    this.#database = database;
    this.#queueLimit = queueLimit;
    this.#memory = new MemoryPersistence();
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
    const persistence = new SqlitePersistence(database, options.queueLimit ?? 1_000);
    await persistence.#load();
    return persistence;
  }

  get broker(): AnyPacket {
    return this.#memory.broker;
  }

  async setup(broker: AnyPacket): Promise<void> {
    await this.#memory.setup(broker);
  }

  backup(path: string): Promise<void> {
    return this.#database.backup(path);
  }

  async #load(): Promise<void> {
    const rows = await this.#database.read<{
      subscriptions: { client: string; topic: string; options: string }[];
      retained: PackedPacket[];
      wills: (PackedPacket & { client: string })[];
      incoming: (PackedPacket & { client: string })[];
      outgoing: (PackedPacket & { client: string; message: number | null })[];
    }>('load', null);
    for (const { client, topic, options } of rows.subscriptions) {
      await this.#memory.addSubscriptions({ id: client }, [{ topic, ...JSON.parse(options) }]);
    }
    for (const row of rows.retained) await this.#memory.storeRetained(unpack(row));
    for (const row of rows.wills) this.#wills.set(row.client, unpack(row));
    for (const row of rows.incoming) await this.#memory.incomingStorePacket({ id: row.client }, unpack(row));
    for (const row of rows.outgoing) {
      const packet = unpack(row);
      if (row.message !== null) packet.messageId = row.message;
      this.#queue(row.client).push(packet);
    }
  }

  async storeRetained(packet: AnyPacket): Promise<void> {
    if (this.hooks.retained(packet.topic) !== null) return;
    await this.#database.write('retained.put', { topic: packet.topic, ...pack(packet) });
    await this.#memory.storeRetained(packet);
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: string[]): Readable {
    const made: AnyPacket[] = [];
    const stored = patterns.filter((pattern) => {
      const packets = this.hooks.retained(pattern);
      if (packets !== null) made.push(...packets);
      return packets === null;
    });
    if (stored.length === 0) return Readable.from(made);
    const memory: Readable = this.#memory.createRetainedStreamCombi(stored);
    return made.length === 0 ? memory : Readable.from(concat(made, memory));
  }

  async addSubscriptions(client: ClientId, subscriptions: Subscription[]): Promise<void> {
    const granted = subscriptions.filter(({ topic }) => this.hooks.granted(client, topic));
    await this.#memory.addSubscriptions(client, granted);
    const topics = granted.map((s: AnyPacket) => [
      s.topic,
      JSON.stringify({ qos: s.qos, rh: s.rh, rap: s.rap, nl: s.nl }),
    ]);
    await this.#database.write('subscriptions.add', { client: client.id, topics });
  }

  async removeSubscriptions(client: ClientId, topics: string[]): Promise<void> {
    await this.#memory.removeSubscriptions(client, topics);
    await this.#database.write('subscriptions.remove', { client: client.id, topics });
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    // A clean session is the common case, and mostly of a device that never had another [MQTT-3.1.2-6].
    const known = (await this.#memory.subscriptionsByClient(client)).length > 0;
    await this.#memory.cleanSubscriptions(client);
    const queued = this.#queues.delete(client.id);
    if (known) await this.#database.write('subscriptions.clean', client.id);
    if (queued) await this.#database.write('outgoing.clean', client.id);
  }

  subscriptionsByClient(client: ClientId): Promise<Subscription[]> {
    return this.#memory.subscriptionsByClient(client);
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

  outgoingEnqueue(subscription: { clientId: string }, packet: AnyPacket): Promise<void> {
    return this.outgoingEnqueueCombi([subscription], packet);
  }

  async outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AnyPacket): Promise<void> {
    if (subscriptions.length === 0) return;
    const rows: OutgoingRow[] = [];
    const dropped: { client: string; broker: string; counter: number }[] = [];
    for (const { clientId } of subscriptions) {
      const queue = this.#queue(clientId);
      const kept = new Packet(packet);
      queue.push(kept);
      rows.push(outgoingRow(clientId, kept));
      if (queue.length > this.#queueLimit) dropped.push(key(clientId, queue.shift()));
    }
    const writes = [this.#database.write('outgoing.put', rows)];
    if (dropped.length > 0) {
      this.hooks.onDropped(dropped.length);
      writes.push(this.#database.write('outgoing.drop', dropped));
    }
    await Promise.all(writes);
  }

  async outgoingUpdate(client: Client, packet: AnyPacket): Promise<void> {
    const queue = this.#queue(client.id);
    for (const [i, waiting] of queue.entries()) {
      if (waiting.brokerId === packet.brokerId) {
        if (waiting.brokerCounter !== packet.brokerCounter) continue;
        waiting.messageId = packet.messageId;
        return this.#database.write('outgoing.number', {
          ...key(client.id, packet),
          message: packet.messageId,
        });
      }
      if (waiting.messageId === packet.messageId) {
        queue[i] = packet;
        return this.#database.write('outgoing.replace', outgoingRow(client.id, packet));
      }
    }
    throw new Error('no such packet');
  }

  async outgoingClearMessageId(client: Client, packet: AnyPacket): Promise<AnyPacket | undefined> {
    if (this.hooks.acknowledged(client, packet.messageId)) return undefined;
    const queue = this.#queues.get(client.id);
    const at = queue?.findIndex(({ messageId }) => messageId === packet.messageId) ?? -1;
    if (queue === undefined || at === -1) return undefined;
    const [cleared] = queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(client.id);
    // What a crash brings back is sent again, as QoS 1 allows: nobody waits for this.
    void this.#database.write('outgoing.drop', [key(client.id, cleared)]).catch(() => {});
    return cleared;
  }

  outgoingStream(client: ClientId): Readable {
    return Readable.from([...(this.#queues.get(client.id) ?? [])]);
  }

  async incomingStorePacket(client: ClientId, packet: AnyPacket): Promise<void> {
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
    // Nobody waits for what is forgotten; a clean session never has any after a restart (see cleanSubscriptions).
    void this.#database.write('incoming.clean', client.id).catch(() => {});
  }

  readonly #wills = new Map<string, AnyPacket>();

  async putWill(client: ClientId, packet: AnyPacket): Promise<void> {
    packet.brokerId = this.broker.id;
    packet.clientId = client.id;
    this.#wills.set(client.id, packet);
    await this.#database.write('wills.put', { client: client.id, ...pack(packet) });
  }

  async getWill(client: ClientId): Promise<AnyPacket> {
    return this.#wills.get(client.id);
  }

  async delWill(client: ClientId): Promise<AnyPacket> {
    const will = this.#wills.get(client.id);
    // Most clients have none: no write for them.
    if (!this.#wills.delete(client.id)) return undefined;
    await this.#database.write('wills.drop', client.id);
    return will;
  }

  streamWill(brokers: Record<string, unknown> = {}): Readable {
    return Readable.from([...this.#wills.values()].filter(({ brokerId }) => brokers[brokerId] === undefined));
  }

  async destroy(): Promise<void> {
    await this.#memory.destroy();
    await this.#database.close();
  }

  #queue(client: string): AnyPacket[] {
    let queue = this.#queues.get(client);
    if (queue === undefined) {
      queue = [];
      this.#queues.set(client, queue);
    }
    return queue;
  }
}

async function* concat(first: AnyPacket[], second: Readable): AsyncGenerator<AnyPacket> {
  yield* first;
  yield* second;
}

function pack(packet: AnyPacket): PackedPacket {
  const { payload, ...rest } = packet;
  return {
    packet: JSON.stringify(rest),
    payload: typeof payload === 'string' ? Buffer.from(payload) : (payload ?? new Uint8Array()),
  };
}

function unpack({ packet, payload }: PackedPacket): AnyPacket {
  return { ...JSON.parse(packet), payload: Buffer.from(payload) };
}

function key(client: string, packet: AnyPacket): { client: string; broker: string; counter: number } {
  return { client, broker: packet.brokerId ?? '', counter: packet.brokerCounter ?? 0 };
}

function outgoingRow(client: string, packet: AnyPacket): OutgoingRow {
  return { ...key(client, packet), message: packet.messageId ?? null, ...pack(packet) };
}
