import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Storage } from './storage.ts';

/** One SQLite file, readable by its owner only: it holds tokens and messages. */
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
  const list = db.prepare('SELECT key, value FROM kv WHERE key >= ? AND key < ? ORDER BY key');
  return {
    async get(key) {
      return (get.get(key) as { value: string } | undefined)?.value;
    },
    async write(entries) {
      db.exec('BEGIN');
      try {
        for (const [key, value] of entries) {
          if (value === null) remove.run(key);
          else put.run(key, value);
        }
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    async list(prefix) {
      return (list.all(prefix, `${prefix}\u{10ffff}`) as { key: string; value: string }[]).map((row) => [
        row.key,
        row.value,
      ]);
    },
    async close() {
      db.close();
    },
  };
}
