import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { parseTopic } from '../../protocol/topics.ts';
import type { AnyPart, Compared, Page, Part, Place } from '../../services/migration/part.ts';
import { MOST_HERE, type PersistenceHooks } from './broker-persistence.ts';
import type { BrokerExport, ExportedPacket, ExportedSession } from './export.ts';
import type { AnyPacket } from './packing.ts';
import { RedisPersistence } from './redis/redis-persistence.ts';

export interface BrokerMoving {
  /** `open.sessionDays`. */
  sessionDays: number;
  /** Of `open.queueLimit`: no queue that is there gets shorter. */
  queueLimit: number;
}

/** Sessions or clients in a page: a queue has up to some thousand packets. */
const CLIENTS_PAGE = 20;
const PAGE = 200;

/** Sessions are not here, and looking at what waits for one does not make it be here. */
const HOOKS: PersistenceHooks = {
  acknowledged: () => false,
  plain: (topic) => parseTopic(topic) === null,
  granted: () => true,
  isHere: () => true,
  onDropped: () => {},
};

/**
 * What Aedes keeps, on its way from a broker.db to Redis: sessions, retained messages, wills, QoS 2 handshakes and queues. Both sides are
 * compared through the port, for the clients and topics that the export names.
 */
export async function brokerParts(
  source: BrokerExport,
  redis: RedisConnection,
  engine: Engine,
  { queueLimit, ...options }: BrokerMoving,
): Promise<{ parts: AnyPart[]; close(): Promise<void> }> {
  const open = async (): Promise<RedisPersistence> => {
    const limits = { ...options, queueLimit: Math.max(queueLimit, MOST_HERE) };
    const persistence = new RedisPersistence(redis, engine, limits);
    persistence.hooks = HOOKS;
    // No broker that is alive: wills that a dead one has left are published by who finds them.
    await persistence.setup({ id: 'migration' });
    return persistence;
  };
  const into = await open();
  // Another one: what the first holds back while Redis is away is not there.
  const there = await open();
  const parts = [
    sessions(source, into, there),
    retained(source, into, there),
    wills(source, into, there),
    incoming(source, into, there),
    queued(source, into, there),
  ];
  return {
    parts,
    async close() {
      await into.destroy();
      await there.destroy();
    },
  };
}

type Target = RedisPersistence;

function sessions(source: BrokerExport, into: Target, there: Target): Part<ExportedSession> {
  const read = pagesBy(source.sessions, ({ client }) => client, CLIENTS_PAGE);
  const compared = ({
    client,
    subscriptions,
  }: Pick<ExportedSession, 'client' | 'subscriptions'>): Compared => ({
    key: client,
    value: subscriptions
      .map(({ topic, qos, rh, rap, nl }) => ({ topic, qos, rh, rap, nl }))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1)),
  });
  return {
    name: 'sessions',
    read,
    compared,
    async write(rows) {
      for (const { client, seen, subscriptions } of rows) {
        await into.addSubscriptions({ id: client }, subscriptions as never);
        if (seen !== null) into.left(client, seen);
      }
    },
    readBack: throughPort(read, async ({ client }) => {
      const subscriptions = (await there.subscriptionsByClient({ id: client })) as never;
      return [compared({ client, subscriptions })];
    }),
  };
}

function retained(source: BrokerExport, into: Target, there: Target): Part<AnyPacket> {
  const read = pagesBy<AnyPacket>(source.retained, ({ topic }) => topic, PAGE);
  const compared = (packet: AnyPacket): Compared => ({ key: packet.topic, value: shown(packet) });
  return {
    name: 'retained',
    read,
    compared,
    async write(packets) {
      for (const packet of packets) await into.storeRetained(packet);
    },
    readBack: throughPort(read, async ({ topic }) =>
      (await there.createRetainedStream(topic).toArray()).map(compared),
    ),
  };
}

function wills(source: BrokerExport, into: Target, there: Target): Part<ExportedPacket> {
  const read = pagesBy(source.wills, ({ client }) => client, PAGE);
  const compared = ({ client, packet }: ExportedPacket): Compared => ({ key: client, value: shown(packet) });
  return {
    name: 'wills',
    read,
    compared,
    async write(rows) {
      for (const { client, packet } of rows) await into.putWill({ id: client }, packet);
    },
    readBack: throughPort(read, async ({ client }) => {
      const packet = await there.getWill({ id: client });
      return packet === undefined ? [] : [compared({ client, packet })];
    }),
  };
}

function incoming(source: BrokerExport, into: Target, there: Target): Part<ExportedPacket> {
  const read = pagesBy(source.incoming, ({ client }) => client, CLIENTS_PAGE);
  const compared = ({ client, packet }: ExportedPacket): Compared => ({
    key: `${client} ${packet.messageId}`,
    value: shown(packet),
  });
  return {
    name: 'incoming',
    read,
    compared,
    async write(rows) {
      for (const { client, packet } of rows) await into.incomingStorePacket({ id: client }, packet);
    },
    readBack: throughPort(read, async ({ client, packet: { messageId } }) => {
      // It throws where there is none.
      const packet = await there.incomingGetPacket({ id: client }, { messageId }).catch(() => null);
      return packet === null ? [] : [compared({ client, packet: { ...packet, messageId } })];
    }),
  };
}

function queued(source: BrokerExport, into: Target, there: Target): Part<ExportedPacket & { place: number }> {
  const read = async (after: Place | null) => {
    const { rows, next } = await pagesBy(source.queued, ({ client }) => client, CLIENTS_PAGE)(after);
    const placed = [...Map.groupBy(rows, ({ client }) => client).values()].flatMap((of) =>
      of.map((row, place) => ({ ...row, place })),
    );
    return { rows: placed, next };
  };
  const compared = ({ client, packet, place }: ExportedPacket & { place: number }): Compared => ({
    key: `${client} ${place}`,
    value: { ...shown(packet), cmd: packet.cmd, messageId: packet.messageId ?? null },
  });
  return {
    name: 'queued',
    read,
    compared,
    async write(rows) {
      for (const { client, packet } of rows) {
        await into.outgoingEnqueue({ clientId: client }, packet);
        if (packet.messageId === undefined) continue;
        const numbered = { ...packet, cmd: 'publish' };
        await into.outgoingUpdate({ id: client } as never, numbered);
      }
    },
    readBack: throughPort(read, async ({ client, place }) => {
      if (place > 0) return [];
      const waiting: AnyPacket[] = await there.outgoingStream({ id: client }).toArray();
      return waiting.map((packet, at) => compared({ client, packet, place: at }));
    }),
  };
}

/** What of a packet a subscriber is shown. */
function shown({ topic, payload, qos, retain }: AnyPacket) {
  return { topic, qos, retain: retain === true, payload: Buffer.from(payload ?? '').toString('base64') };
}

function pagesBy<Row>(
  rows: (after: string, limit: number) => Promise<Row[]>,
  keyOf: (row: Row) => string,
  limit: number,
) {
  return async (after: Place | null): Promise<Page<Row>> => {
    const found = await rows((after ?? '') as string, limit);
    return { rows: found, next: found.length === 0 ? null : keyOf(found.at(-1)!) };
  };
}

/** Of every row that the data folder has, what there is of it in Redis. */
function throughPort<Row>(
  read: (after: Place | null) => Promise<Page<Row>>,
  found: (row: Row) => Promise<Compared[]>,
) {
  return async (after: Place | null): Promise<Page<Compared>> => {
    const { rows, next } = await read(after);
    const all: Compared[] = [];
    for (const row of rows) all.push(...(await found(row)));
    return { rows: all, next };
  };
}
