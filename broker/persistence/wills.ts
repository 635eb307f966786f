import { Readable } from 'node:stream';
import type { SqliteDatabase } from '../../platform/sqlite/database.ts';
import type { PackedPacket } from './broker.worker.ts';
import { type AnyPacket, pack, unpack } from './packing.ts';

/** Wills, by client, with the run of the broker in which they were left. */
export class Wills {
  readonly #database: SqliteDatabase;
  readonly #wills = new Map<string, AnyPacket>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  load(rows: (PackedPacket & { client: string })[]): void {
    for (const row of rows) this.#wills.set(row.client, unpack(row));
  }

  async put(client: string, broker: string, packet: AnyPacket): Promise<void> {
    packet.brokerId = broker;
    packet.clientId = client;
    this.#wills.set(client, packet);
    await this.#database.write('wills.put', { client, ...pack(packet) });
  }

  get(client: string): AnyPacket {
    return this.#wills.get(client);
  }

  async delete(client: string): Promise<AnyPacket> {
    const will = this.#wills.get(client);
    // Most clients have none: no write for them.
    if (!this.#wills.delete(client)) return undefined;
    await this.#database.write('wills.drop', client);
    return will;
  }

  /** Those of other brokers than these. */
  beside(brokers: Record<string, unknown>): Readable {
    return Readable.from([...this.#wills.values()].filter(({ brokerId }) => brokers[brokerId] === undefined));
  }
}
