import { syncedCopy } from './synced-copy.ts';
import { DatabaseThread, type OnCommit } from './thread.ts';

export { StorageError } from './errors.ts';

export interface SqliteDatabase {
  /**
   * Runs a job of the module inside the next group commit; resolves after COMMIT.
   * @throws {StorageError} storage_full, storage_failed, overloaded: nothing of it was kept
   */
  write<T>(job: string, args: unknown): Promise<T>;
  /** Runs a job on a read-only connection in another thread: never waits for writes, and sees all that were resolved. */
  read<T>(job: string, args: unknown): Promise<T>;
  /** A consistent copy, made while the database is in use; `path` must not exist. */
  backup(path: string): Promise<void>;
  /** After everything called before. */
  close(): Promise<void>;
  /** Resolves when a thread has ended: with the error, or null after {@link close}. */
  readonly ended: Promise<Error | null>;
}

export interface SqliteOptions {
  path: string;
  /**
   * The worker module: exports `migrations: string[]` (index + 1 is the schema's version) and
   * `jobs(db): Record<string, (args) => unknown>`, called once in each of the two threads.
   */
  module: URL;
  /** Most jobs waiting a thread; above it calls are refused (`overloaded`). */
  maxQueued?: number;
  /** A write job to run while there is nothing else to do; returns true when there is more of it. */
  idle?: string;
  /** Called after every group commit. */
  onCommit?: OnCommit;
}

/** Opens a database with a writing and a reading thread, and brings its schema up to date. */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const data = { path: options.path, module: options.module.href };
  const most = options.maxQueued ?? 50_000;
  const writer = await DatabaseThread.start(
    { ...data, role: 'writer', idle: options.idle ?? null },
    most,
    options.onCommit,
  );
  let reader: DatabaseThread;
  try {
    reader = await DatabaseThread.start({ ...data, role: 'reader', idle: null }, most);
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    write: (job, args) => writer.call(job, args),
    read: (job, args) => reader.call(job, args),
    backup: (target) => syncedCopy(target, (unfinished) => reader.call('sqlite.backup', unfinished)),
    async close() {
      await reader.close();
      await writer.close();
    },
    ended: Promise.race([writer.exited, reader.exited]),
  };
}
