import aedesPacket from 'aedes-packet';
import type { SqliteDatabase } from '../../platform/sqlite/database.ts';
import type { OutgoingRow } from './broker.worker.ts';
import { MOST_HERE } from './broker-persistence.ts';
import { type AnyPacket, pack, unpack } from './packing.ts';

/** A constructor that its types call a namespace. */
const Packet = aedesPacket as unknown as new (packet: AnyPacket) => AnyPacket;

/** What a row is found by: the broker's own count of its PUBLISH. */
type Key = Pick<OutgoingRow, 'client' | 'broker' | 'counter'>;

/** The queues of sessions of `open/#`, oldest first; each is bounded, and its oldest go first. */
export class OutgoingQueues {
  readonly #database: SqliteDatabase;
  readonly #most: number;
  readonly #isHere: (client: string) => boolean;
  readonly #onDropped: (count: number) => void;
  readonly #queues = new Map<string, AnyPacket[]>();
  /** Of packets that do not carry it themselves. */
  readonly #keys = new WeakMap<object, Key>();

  /** `most`: of a session that is away. */
  constructor(
    database: SqliteDatabase,
    most: number,
    hooks: { isHere(client: string): boolean; onDropped(count: number): void },
  ) {
    this.#database = database;
    this.#most = most;
    this.#isHere = hooks.isHere;
    this.#onDropped = hooks.onDropped;
  }

  load(rows: OutgoingRow[]): void {
    for (const row of rows) {
      const packet = unpack(row);
      const { client, broker, counter } = row;
      this.#keys.set(packet, { client, broker, counter });
      if (row.message !== null) packet.messageId = row.message;
      this.#queue(row.client).push(packet);
    }
  }

  async add(clients: string[], packet: AnyPacket): Promise<void> {
    if (clients.length === 0) return;
    const rows: OutgoingRow[] = [];
    const dropped: Key[] = [];
    // Once, also when several subscriptions of a session match.
    for (const client of new Set(clients)) {
      const queue = this.#queue(client);
      const kept = new Packet(packet);
      queue.push(kept);
      rows.push({ ...this.#key(client, kept), message: kept.messageId ?? null, ...pack(kept) });
      const most = this.#isHere(client) ? Math.max(this.#most, MOST_HERE) : this.#most;
      while (queue.length > most) dropped.push(this.#key(client, queue.shift()));
    }
    const writes = [this.#database.write('outgoing.put', rows)];
    if (dropped.length > 0) {
      this.#onDropped(dropped.length);
      writes.push(this.#database.write('outgoing.drop', dropped));
    }
    await Promise.all(writes);
  }

  /**
   * Gives a packet its packet identifier, or puts a PUBREL in the place of its PUBLISH. Resolves to undefined: Aedes takes any value for
   * an error.
   */
  async update(client: string, packet: AnyPacket): Promise<void> {
    if (packet.cmd === 'pubrel') return this.#release(client, packet);
    const { brokerId, brokerCounter, messageId } = packet;
    const waiting = this.#queues
      .get(client)
      ?.find((other) => other.brokerId === brokerId && other.brokerCounter === brokerCounter);
    if (waiting !== undefined) {
      waiting.messageId = messageId;
      await this.#database.write('outgoing.number', { ...this.#key(client, packet), message: messageId });
      return;
    }
    // A PUBLISH that is not there any more was the oldest of a full queue: who is connected gets it all the same, and just once.
    // Not before those that were sent before it.
    await this.#database.write('outgoing.drop', []);
  }

  /** A copy is kept: Aedes goes on with its own. A PUBREL has no count of its own, and is kept by that of its PUBLISH. */
  async #release(client: string, pubrel: AnyPacket): Promise<void> {
    const queue = this.#queues.get(client) ?? [];
    const at = queue.findIndex(({ messageId }) => messageId === pubrel.messageId);
    if (at === -1) throw new Error('no such packet');
    const released = { ...pubrel };
    const key = this.#key(client, queue[at]);
    this.#keys.set(released, key);
    queue[at] = released;
    await this.#database.write('outgoing.replace', { ...key, message: pubrel.messageId, ...pack(pubrel) });
  }

  /** Takes out what was acknowledged. */
  clear(client: string, { messageId }: AnyPacket): AnyPacket | undefined {
    // Aedes asks this of a second copy too, of a message that two subscriptions match: the first is on its way.
    if (messageId === undefined) return undefined;
    return this.#take(client, (waiting) => waiting.messageId === messageId);
  }

  /** Takes out what is not to be sent after all. */
  drop(client: string, { brokerId, brokerCounter }: AnyPacket): void {
    this.#take(client, (w) => w.brokerId === brokerId && w.brokerCounter === brokerCounter);
  }

  #take(client: string, is: (waiting: AnyPacket) => boolean): AnyPacket | undefined {
    const queue = this.#queues.get(client);
    const at = queue?.findIndex(is) ?? -1;
    if (queue === undefined || at === -1) return undefined;
    const [cleared] = queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(client);
    // What a crash brings back is sent again, as QoS 1 allows: nobody waits for this.
    void this.#database.write('outgoing.drop', [this.#key(client, cleared)]).catch(() => {});
    return cleared;
  }

  of(client: string): AnyPacket[] {
    return [...(this.#queues.get(client) ?? [])];
  }

  async forget(client: string): Promise<void> {
    if (this.#queues.delete(client)) await this.#database.write('outgoing.clean', client);
  }

  #queue(client: string): AnyPacket[] {
    let queue = this.#queues.get(client);
    if (queue === undefined) {
      queue = [];
      this.#queues.set(client, queue);
    }
    return queue;
  }

  #key(client: string, packet: AnyPacket): Key {
    return (
      this.#keys.get(packet) ?? { client, broker: packet.brokerId ?? '', counter: packet.brokerCounter ?? 0 }
    );
  }
}
