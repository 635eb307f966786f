import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StorageError } from './errors.ts';
import type { Statement, StatementResult } from './kysely.worker.ts';
import { refuseStorage } from './refuse.ts';
import { syncedCopy } from './synced-copy.ts';
import { DatabaseThread } from './thread.ts';

export interface KyselySqlite<Tables> {
  db: Kysely<Tables>;
  /** A consistent copy, made while the database is in use; `path` must not exist. */
  backup(path: string): Promise<void>;
  /** After everything called before. */
  close(): Promise<void>;
  /** Resolves when the thread has ended: with the error, or null after {@link close}. */
  readonly ended: Promise<Error | null>;
}

/** Queries and transactions that may wait for the connection; above it they are refused (`overloaded`). */
const MOST_WAITING = 50_000;

/**
 * Kysely over an SQLite file in a thread of its own: the event loop never waits for the disk. Failures of the storage are
 * thrown as `Refused`: storage_full, overloaded, unavailable.
 */
export async function openKyselySqlite<Tables>(path: string): Promise<KyselySqlite<Tables>> {
  const module = new URL('./kysely.worker.ts', import.meta.url).href;
  const thread = await DatabaseThread.start({ path, module, role: 'plain', idle: null }, 50_000);
  const dialect: Dialect = {
    createAdapter: () => new Adapter(),
    createDriver: () => new ThreadDriver(thread),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const db = new Kysely<Tables>({ dialect });
  /** With the connection held: between transactions, never inside one. */
  const alone = <T>(work: () => Promise<T>) => db.connection().execute(work);
  return {
    db,
    backup: (target) =>
      syncedCopy(target, (unfinished) => alone(() => thread.call('sqlite.backup', unfinished))),
    async close() {
      await alone(async () => {});
      await db.destroy();
    },
    ended: thread.exited,
  };
}

/** SQLite changes its schema in transactions too (sqlite.org/lang_transaction.html): a migration is made as a whole or not at all. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** One connection, held by one query or transaction at a time: SQLite has one writer, and a transaction spans round trips. */
class ThreadDriver implements Driver {
  readonly #thread: DatabaseThread;
  readonly #connection: DatabaseConnection;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #release = new Map<DatabaseConnection, () => void>();

  constructor(thread: DatabaseThread) {
    this.#thread = thread;
    this.#connection = new ThreadConnection(thread);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#waiting >= MOST_WAITING)
      refuseStorage(new StorageError('overloaded', `${this.#waiting} are waiting`));
    this.#waiting++;
    const before = this.#tail;
    let release!: () => void;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#waiting--;
    this.#release.set(this.#connection, release);
    return this.#connection;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#release.get(connection)?.();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }

  async rollbackTransaction(): Promise<void> {
    await this.#thread.call('rollback', null).catch(refuseStorage);
  }

  async destroy(): Promise<void> {
    await this.#thread.close();
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: DatabaseThread;
  constructor(thread: DatabaseThread) {
    this.#thread = thread;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement: Statement = { sql: query.sql, parameters: query.parameters as Statement['parameters'] };
    const { rows, changes, insertId } = await this.#thread
      .call<StatementResult>('execute', statement)
      .catch(refuseStorage);
    return { rows: rows as R[], numAffectedRows: BigInt(changes), insertId: BigInt(insertId) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; results here are bounded and come whole
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('SQLite results come whole: use execute()');
  }
}
