import type { DatabaseSync } from 'node:sqlite';

export const migrations = [
  `
  CREATE TABLE subscriptions (
    client TEXT NOT NULL, topic TEXT NOT NULL, options TEXT NOT NULL,
    PRIMARY KEY (client, topic)
  ) WITHOUT ROWID;
  CREATE TABLE retained (topic TEXT PRIMARY KEY, packet TEXT NOT NULL, payload BLOB NOT NULL);
  CREATE TABLE wills (client TEXT PRIMARY KEY, packet TEXT NOT NULL, payload BLOB NOT NULL);
  CREATE TABLE incoming (
    client TEXT NOT NULL, message INTEGER NOT NULL, packet TEXT NOT NULL, payload BLOB NOT NULL,
    PRIMARY KEY (client, message)
  );
  CREATE TABLE outgoing (
    n INTEGER PRIMARY KEY, client TEXT NOT NULL, broker TEXT NOT NULL, counter INTEGER NOT NULL,
    message INTEGER, packet TEXT NOT NULL, payload BLOB NOT NULL
  );
  CREATE INDEX outgoing_packet ON outgoing (client, broker, counter);
  CREATE INDEX outgoing_message ON outgoing (client, message);
  `,
  `CREATE TABLE sessions (client TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;`,
];

/** A packet as it is stored: its payload apart, so that it stays bytes. */
export interface PackedPacket {
  packet: string;
  payload: Uint8Array;
}

export interface OutgoingRow extends PackedPacket {
  client: string;
  broker: string;
  counter: number;
  message: number | null;
}

export function jobs(db: DatabaseSync) {
  const statement = (sql: string) => {
    let prepared: ReturnType<DatabaseSync['prepare']> | null = null;
    return () => {
      prepared ??= db.prepare(sql);
      return prepared;
    };
  };
  const putSubscription = statement(
    'INSERT INTO subscriptions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET options = excluded.options',
  );
  const dropSubscription = statement('DELETE FROM subscriptions WHERE client = ? AND topic = ?');
  const dropSubscriptions = statement('DELETE FROM subscriptions WHERE client = ?');
  const putSession = statement(
    'INSERT INTO sessions VALUES (?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen',
  );
  const dropSession = statement('DELETE FROM sessions WHERE client = ?');
  const putRetained = statement(
    'INSERT INTO retained VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET packet = excluded.packet, payload = excluded.payload',
  );
  const dropRetained = statement('DELETE FROM retained WHERE topic = ?');
  const putWill = statement(
    'INSERT INTO wills VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET packet = excluded.packet, payload = excluded.payload',
  );
  const dropWill = statement('DELETE FROM wills WHERE client = ?');
  const putIncoming = statement(
    'INSERT INTO incoming VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET packet = excluded.packet, payload = excluded.payload',
  );
  const dropIncoming = statement('DELETE FROM incoming WHERE client = ? AND message = ?');
  const dropAllIncoming = statement('DELETE FROM incoming WHERE client = ?');
  const putOutgoing = statement(
    'INSERT INTO outgoing (client, broker, counter, message, packet, payload) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const numberOutgoing = statement(
    'UPDATE outgoing SET message = ? WHERE client = ? AND broker = ? AND counter = ?',
  );
  const replaceOutgoing = statement(
    'UPDATE outgoing SET broker = ?, counter = ?, packet = ?, payload = ? WHERE client = ? AND message = ?',
  );
  const dropOutgoing = statement('DELETE FROM outgoing WHERE client = ? AND broker = ? AND counter = ?');
  const dropAllOutgoing = statement('DELETE FROM outgoing WHERE client = ?');

  return {
    load: () => ({
      subscriptions: db.prepare('SELECT client, topic, options FROM subscriptions').all(),
      sessions: db.prepare('SELECT client, seen FROM sessions').all(),
      retained: db.prepare('SELECT packet, payload FROM retained').all(),
      wills: db.prepare('SELECT client, packet, payload FROM wills').all(),
      incoming: db.prepare('SELECT client, packet, payload FROM incoming').all(),
      outgoing: db
        .prepare('SELECT client, broker, counter, message, packet, payload FROM outgoing ORDER BY n')
        .all(),
    }),
    'subscriptions.add': ({
      client,
      seen,
      topics,
    }: {
      client: string;
      /** Null: a session that is kept for ever. */
      seen: number | null;
      topics: [topic: string, options: string][];
    }) => {
      if (seen !== null) putSession().run(client, seen);
      for (const [topic, options] of topics) putSubscription().run(client, topic, options);
    },
    'subscriptions.remove': ({ client, topics }: { client: string; topics: string[] }) => {
      for (const topic of topics) dropSubscription().run(client, topic);
    },
    'subscriptions.clean': (client: string) => {
      dropSession().run(client);
      return dropSubscriptions().run(client).changes;
    },
    'sessions.seen': ({ clients, seen }: { clients: string[]; seen: number }) => {
      for (const client of clients) putSession().run(client, seen);
    },
    'retained.put': ({ topic, packet, payload }: PackedPacket & { topic: string }) => {
      if (payload.length === 0) dropRetained().run(topic);
      else putRetained().run(topic, packet, payload);
    },
    'wills.put': ({ client, packet, payload }: PackedPacket & { client: string }) =>
      putWill().run(client, packet, payload).changes,
    'wills.drop': (client: string) => dropWill().run(client).changes,
    'incoming.put': ({
      client,
      message,
      packet,
      payload,
    }: PackedPacket & { client: string; message: number }) =>
      putIncoming().run(client, message, packet, payload).changes,
    'incoming.drop': ({ client, message }: { client: string; message: number }) =>
      dropIncoming().run(client, message).changes,
    'incoming.clean': (client: string) => dropAllIncoming().run(client).changes,
    'outgoing.put': (rows: OutgoingRow[]) => {
      for (const { client, broker, counter, message, packet, payload } of rows)
        putOutgoing().run(client, broker, counter, message, packet, payload);
    },
    'outgoing.number': ({ client, broker, counter, message }: Omit<OutgoingRow, keyof PackedPacket>) =>
      numberOutgoing().run(message, client, broker, counter).changes,
    'outgoing.replace': ({ client, broker, counter, message, packet, payload }: OutgoingRow) =>
      replaceOutgoing().run(broker, counter, packet, payload, client, message).changes,
    'outgoing.drop': (rows: { client: string; broker: string; counter: number }[]) => {
      for (const { client, broker, counter } of rows) dropOutgoing().run(client, broker, counter);
    },
    'outgoing.clean': (client: string) => dropAllOutgoing().run(client).changes,
    ...exportJobs(db),
  };
}

type PageArgs = { after: string; limit: number };

/** Of who moves it all elsewhere: a page, or all rows of a page of clients. */
function exportJobs(db: DatabaseSync) {
  const page = (sql: string) => {
    return ({ after, limit }: PageArgs) => db.prepare(sql).all(after, limit);
  };
  const clientsOf = (table: string) =>
    `(SELECT DISTINCT client FROM ${table} WHERE client > ? ORDER BY client LIMIT ?)`;
  return {
    'export.sessions': page(`
      SELECT s.client, o.seen, s.topic, s.options FROM subscriptions s LEFT JOIN sessions o ON o.client = s.client
      WHERE s.client IN ${clientsOf('subscriptions')} ORDER BY s.client, s.topic`),
    'export.retained': page('SELECT packet, payload FROM retained WHERE topic > ? ORDER BY topic LIMIT ?'),
    'export.wills': page(
      'SELECT client, packet, payload FROM wills WHERE client > ? ORDER BY client LIMIT ?',
    ),
    'export.incoming': page(`
      SELECT client, packet, payload FROM incoming WHERE client IN ${clientsOf('incoming')} ORDER BY client, message`),
    'export.outgoing': page(`
      SELECT client, broker, counter, message, packet, payload FROM outgoing
      WHERE client IN ${clientsOf('outgoing')} ORDER BY client, n`),
  };
}
