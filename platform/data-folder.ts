import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface DataFolder {
  /** Absolute. */
  path: string;
  file(name: string): string;
  release(): void;
}

/**
 * Takes the data folder for this process, alone; makes it when it is missing. The lock is one the operating system
 * takes back when the process ends, however it ends.
 * @throws {Error} when another process has it
 */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
  try {
    // SQLite's own file lock, held by a transaction that never ends.
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (/locked|busy/i.test((error as Error).message)) {
      throw new Error(
        `${path} is in use by another Dunlin: stop that one, or give this one another --data.folder`,
      );
    }
    throw error;
  }
  return {
    path,
    file: (name) => join(path, name),
    release: () => lock.close(),
  };
}
