import { type Db, MongoClient } from 'mongodb';

export interface MongoOptions {
  /** mongodb://… or mongodb+srv://…, with the database in its path. */
  url: string;
  /** Instead of the one in the URL. */
  database?: string;
  /** Milliseconds after which its calls are given up: everything in the driver gives up a little earlier. */
  deadlineMs: number;
  /** Connections to one server at most. Default 20. */
  connections?: number;
}

export interface Mongo {
  db: Db;
  /** Documents in one insert at most. */
  mostInserted: number;
  /** Updates in one command at most. Absent: as many as there are. */
  mostUpdated?: number;
  close(): Promise<void>;
}

const DEFAULT_DATABASE = 'dunlin';
/** Of the deadline: a driver that gives up first says why. */
const BEFORE = 0.9;
const MOST_INSERTED = 10_000;
/** FerretDB 1.24 goes on with the next hundred after an error in an ordered insert. */
const MOST_INSERTED_FERRETDB = 100;
/**
 * FerretDB 1.24 keeps one of its 100 connections to SQLite for each update of a command until the command ends, and waits for ever for one
 * more: also for what other commands have, among them those that were given up here for being slow. With one each they never have all.
 */
const MOST_UPDATED_FERRETDB = 1;

/**
 * Opens a database. Resolves when the server has answered.
 * @throws {Error} of the driver; it names hosts and no password
 */
export async function openMongo({
  url,
  database,
  deadlineMs,
  connections = 20,
}: MongoOptions): Promise<Mongo> {
  const ms = Math.max(1, Math.floor(deadlineMs * BEFORE));
  const client = new MongoClient(url, {
    appName: 'dunlin',
    maxPoolSize: connections,
    serverSelectionTimeoutMS: ms,
    connectTimeoutMS: ms,
    waitQueueTimeoutMS: ms,
    // The server may be frozen: without it an answer is waited for as long as the other side keeps the connection.
    socketTimeoutMS: ms,
    heartbeatFrequencyMS: 2_000,
    // An undefined field would be stored as null, which indexes hold.
    ignoreUndefined: true,
    // On a majority's disks, whatever the URL says: the log forgets a command when its event is stored.
    writeConcern: { w: 'majority', journal: true },
    // What one primary has alone may be gone with it: nobody is shown that, and nothing is decided by it.
    readConcern: { level: 'majority' },
    readPreference: 'primary',
  });
  try {
    await client.connect();
    const db = client.db(database ?? (client.options.dbName === 'test' ? DEFAULT_DATABASE : undefined));
    const info = await db.admin().command({ buildInfo: 1 });
    const isFerret = 'ferretdb' in info || 'ferretdbVersion' in info;
    return {
      db,
      mostInserted: isFerret ? MOST_INSERTED_FERRETDB : MOST_INSERTED,
      ...(isFerret && { mostUpdated: MOST_UPDATED_FERRETDB }),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}
