import { DatabaseSync } from 'node:sqlite';

/** WAL pages between checkpoints: 4,000 × 4 KiB, so that a checkpoint is rare and short beside the commits. */
const CHECKPOINT_PAGES = 4_000;

/** Opens a connection with the settings every database of ours has. */
export function openConnection(path: string, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly, timeout: 5_000, enableForeignKeyConstraints: true });
  if (!readOnly) {
    // Durable at COMMIT, also over power loss (sqlite.org/pragma.html#pragma_synchronous).
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = 67108864`);
    db.exec('PRAGMA secure_delete = ON');
  }
  db.exec('PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY');
  return db;
}

/** Brings the schema up to the newest version; each step in a transaction of its own, kept in `user_version`. */
export function migrate(db: DatabaseSync, migrations: readonly string[], path: string): void {
  const version = versionOf(db);
  if (version > migrations.length) {
    throw new Error(
      `${path} was written by a newer Dunlin (schema ${version}, this one knows ${migrations.length}): start that version, or restore a backup`,
    );
  }
  for (let next = version; next < migrations.length; next++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been faster, between the look and the lock.
      if (versionOf(db) === next) {
        db.exec(migrations[next]!);
        db.exec(`PRAGMA user_version = ${next + 1}`);
      }
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}

function versionOf(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
