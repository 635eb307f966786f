import { openSqlite } from '../../platform/sqlite/database.ts';
import type { OutgoingRow, PackedPacket } from './broker.worker.ts';
import { type AnyPacket, unpack } from './packing.ts';

/** A session with what it subscribes to. */
export interface ExportedSession {
  client: string;
  /** When it was here last, ms since the epoch; null: it has no plain subscriptions. */
  seen: number | null;
  subscriptions: { topic: string; qos: number; rh?: number; rap?: boolean; nl?: boolean }[];
}

/** A packet that waits for a session; of a PUBREL the count is that of its PUBLISH. */
export interface ExportedPacket {
  client: string;
  packet: AnyPacket;
}

/**
 * What a broker.db holds, for whoever moves it elsewhere: pages in the order of client ids or topics, behind the one with which an earlier page
 * ended ('': from the beginning).
 */
export interface BrokerExport {
  sessions(after: string, limit: number): Promise<ExportedSession[]>;
  retained(after: string, limit: number): Promise<AnyPacket[]>;
  wills(after: string, limit: number): Promise<ExportedPacket[]>;
  /** QoS 2 handshakes of publishers: all of as many clients. */
  incoming(after: string, limit: number): Promise<ExportedPacket[]>;
  /** What waits, oldest first of each client: all of as many clients. With the packet identifier, where it was sent already. */
  queued(after: string, limit: number): Promise<ExportedPacket[]>;
  close(): Promise<void>;
}

/** Opens a broker.db that nobody else has open, making or migrating it. */
export async function exportBroker(path: string): Promise<BrokerExport> {
  const database = await openSqlite({ path, module: new URL('./broker.worker.ts', import.meta.url) });
  const page = <Row>(job: string, after: string, limit: number) =>
    database.read<Row[]>(job, { after, limit });
  const unpacked = (row: PackedPacket & { client: string }) => ({ client: row.client, packet: unpack(row) });
  return {
    async sessions(after, limit) {
      const rows = await page<{ client: string; seen: number | null; topic: string; options: string }>(
        'export.sessions',
        after,
        limit,
      );
      return [...Map.groupBy(rows, ({ client }) => client)].map(([client, of]) => ({
        client,
        seen: of[0]!.seen,
        subscriptions: of.map(({ topic, options }) => ({ topic, ...JSON.parse(options) })),
      }));
    },
    retained: async (after, limit) => (await page<PackedPacket>('export.retained', after, limit)).map(unpack),
    wills: async (after, limit) =>
      (await page<PackedPacket & { client: string }>('export.wills', after, limit)).map(unpacked),
    incoming: async (after, limit) =>
      (await page<PackedPacket & { client: string }>('export.incoming', after, limit)).map(unpacked),
    async queued(after, limit) {
      const rows = await page<OutgoingRow>('export.outgoing', after, limit);
      return rows.map((row) => {
        const { client, broker, counter, message } = row;
        const packet = { ...unpack(row), brokerId: broker, brokerCounter: counter };
        if (packet.cmd === 'pubrel') delete packet.payload;
        packet.messageId = message ?? undefined;
        return { client, packet };
      });
    },
    close: () => database.close(),
  };
}
