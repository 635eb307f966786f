import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Slice, type Storage, StorageFullError } from './storage.ts';

/** SQLITE_FULL: the disk has no room. */
const FULL = 13;
/** Above every key that begins with what stands before it. */
const END = '\u{10ffff}';

/** One SQLite file, readable by its owner only: it holds tokens and messages. Several processes may open it. */
export function openFileStorage(path: string): Storage {
  const db = new DatabaseSync(path);
  chmodSync(path, 0o600);
  db.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  );
  const get = db.prepare('SELECT value FROM kv WHERE key = ?');
  const put = db.prepare(
    'INSERT INTO kv VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM kv WHERE key = ?');
  const range = 'FROM kv WHERE key >= max(:prefix, :from) AND key < min(:end, :to) ORDER BY key';
  const first = db.prepare(`SELECT key, value ${range} LIMIT :most`);
  const last = db.prepare(`SELECT key, value ${range} DESC LIMIT :most`);
  return {
    async get(key) {
      return (get.get(key) as { value: string } | undefined)?.value;
    },
    async write(entries) {
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const [key, value] of entries) {
          if (value === null) remove.run(key);
          else put.run(key, value);
        }
        db.exec('COMMIT');
      } catch (error) {
        // A full disk may have ended the transaction already.
        if (db.isTransaction) db.exec('ROLLBACK');
        throw (error as { errcode?: number }).errcode === FULL
          ? new StorageFullError({ cause: error })
          : error;
      }
    },
    async list(prefix, slice: Slice = {}) {
      const args: Record<string, SQLInputValue> = {
        prefix,
        from: slice.from ?? prefix,
        end: prefix + END,
        to: slice.to ?? prefix + END,
        most: slice.last ?? slice.first ?? -1,
      };
      const rows = (slice.last === undefined ? first : last).all(args) as { key: string; value: string }[];
      if (slice.last !== undefined) rows.reverse();
      return rows.map((row) => [row.key, row.value]);
    },
    async close() {
      db.close();
    },
  };
}
