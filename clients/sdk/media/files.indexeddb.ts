import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { StorageFullError } from '../storage.ts';
import type { FileKeep } from './files.ts';

interface Schema extends DBSchema {
  files: { key: string; value: Blob };
}

/** One IndexedDB database of this origin, beside the one of {@link openIndexedDbStorage}. Opened when it is needed first. */
export function indexedDbFiles(name: string): FileKeep {
  let db: Promise<IDBPDatabase<Schema>> | null = null;
  const open = (): Promise<IDBPDatabase<Schema>> => {
    db ??= openDB<Schema>(name, 1, {
      upgrade: (made) => void made.createObjectStore('files'),
      // Someone deletes the database: who holds on would block them for ever.
      blocking: (_now, _wanted, event) => {
        (event.target as IDBDatabase).close();
        db = null;
      },
      terminated: () => {
        db = null;
      },
    }).catch((error: unknown) => {
      db = null;
      throw error;
    });
    return db;
  };
  return {
    async put(id, file) {
      try {
        await (await open()).put('files', file, id);
      } catch (error) {
        if ((error as { name?: string } | null)?.name === 'QuotaExceededError')
          throw new StorageFullError({ cause: error });
        throw error;
      }
    },
    async get(id) {
      return (await (await open()).get('files', id)) ?? null;
    },
    async remove(id) {
      await (await open()).delete('files', id);
    },
    async close() {
      (await db)?.close();
      db = null;
    },
  };
}
