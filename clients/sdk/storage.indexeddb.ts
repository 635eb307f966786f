import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Slice, type Storage, StorageFullError } from './storage.ts';

interface Schema extends DBSchema {
  kv: { key: string; value: string };
}

/** Above every key that begins with what stands before it; keys compare by UTF-16 code units. */
const END = '\uffff';

/**
 * One IndexedDB database of this origin. Several tabs may open it: each write is a transaction. What a browser closes of its
 * own accord (storage cleared, a page frozen for long) is opened again at the next use.
 */
export async function openIndexedDbStorage(name: string): Promise<Storage> {
  let db: Promise<IDBPDatabase<Schema>> | null = null;
  let closed = false;
  const open = (): Promise<IDBPDatabase<Schema>> => {
    if (closed) return Promise.reject(new Error('the storage is closed'));
    db ??= openDB<Schema>(name, 1, {
      upgrade: (made) => void made.createObjectStore('kv'),
      // Someone deletes the database, or a newer version wants it: a tab that holds on would block them for ever.
      blocking: (_now, _wanted, event) => {
        (event.target as IDBDatabase).close();
        db = null;
      },
      terminated: () => {
        db = null;
      },
    }).catch((error: unknown) => {
      db = null;
      throw full(error);
    });
    return db;
  };
  await open();
  return {
    async get(key) {
      return (await open()).get('kv', key);
    },
    async write(entries) {
      if (entries.length === 0) return;
      // `strict`: what has been acknowledged to the server must be on the disk.
      const transaction = (await open()).transaction('kv', 'readwrite', { durability: 'strict' });
      const { store, done } = transaction;
      const requests: Promise<unknown>[] = [];
      try {
        for (const [key, value] of entries)
          requests.push(value === null ? store.delete(key) : store.put(value, key));
        await Promise.all([...requests, done]);
      } catch (error) {
        // A request that was refused at once does not end the transaction by itself.
        for (const ended of [...requests, done]) ended.catch(() => {});
        try {
          transaction.abort();
        } catch {
          // it has ended
        }
        throw full(error);
      }
    },
    async list(prefix, { from = prefix, to = prefix + END, first, last }: Slice = {}) {
      const low = from > prefix ? from : prefix;
      const high = to < prefix + END ? to : prefix + END;
      if (low >= high || first === 0 || last === 0) return [];
      const range = IDBKeyRange.bound(low, high, false, true);
      const { store } = (await open()).transaction('kv');
      if (last === undefined) {
        const [keys, values] = await Promise.all([
          store.getAllKeys(range, first),
          store.getAll(range, first),
        ]);
        return keys.map((key, at) => [key, values[at]!]);
      }
      const found: [string, string][] = [];
      for (let at = await store.openCursor(range, 'prev'); at !== null && found.length < last; ) {
        found.push([at.key, at.value]);
        if (found.length < last) at = await at.continue();
      }
      return found.reverse();
    },
    async close() {
      closed = true;
      (await db)?.close();
      db = null;
    },
  };
}

function full(error: unknown): unknown {
  return (error as { name?: string } | null)?.name === 'QuotaExceededError'
    ? new StorageFullError({ cause: error })
    : error;
}
