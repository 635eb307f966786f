import { DatabaseSync } from 'node:sqlite';
import type { Lock } from './lock.ts';

/** How often one who waits looks again, milliseconds. */
const LOOK_EVERY_MS = 250;
/** SQLITE_BUSY. */
const BUSY = 5;

/** A lock in the file system, for processes that share a storage: held through SQLite, so that it ends with its holder. */
export function fileLock(path: string): Lock {
  return {
    async acquire(signal) {
      for (;;) {
        signal.throwIfAborted();
        const release = tryLock(path);
        if (release !== null) return release;
        await pause(signal);
      }
    },
  };
}

function tryLock(path: string): (() => void) | null {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return () => {
      if (db.isOpen) db.close();
    };
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode === BUSY) return null;
    throw error;
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, LOOK_EVERY_MS);
    signal.addEventListener('abort', stop, { once: true });
  });
}
