import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { storageConformance } from './storage.conformance.ts';
import { openIndexedDbStorage } from './storage.indexeddb.ts';
import { StorageFullError } from './storage.ts';

let databases = 0;
let name = '';
storageConformance('IndexedDB', {
  create: () => {
    name = `test-${++databases}`;
    return openIndexedDbStorage(name);
  },
  async reopen(storage) {
    await storage.close();
    return openIndexedDbStorage(name);
  },
});

it('writes all or nothing', async () => {
  const storage = await openIndexedDbStorage('atomic');
  await storage.write([['a', '1']]);
  const wrong: [string, string][] = [
    ['a', '2'],
    // What cannot be cloned cannot be kept.
    ['b', (() => {}) as unknown as string],
  ];
  await assert.rejects(storage.write(wrong));
  assert.deepEqual(await storage.list(''), [['a', '1']]);
  await storage.close();
});

it('says clearly that there is no room', async (test) => {
  const storage = await openIndexedDbStorage('full');
  test.mock.method(IDBObjectStore.prototype, 'put', () => {
    throw new DOMException('', 'QuotaExceededError');
  });
  await assert.rejects(storage.write([['a', '1']]), StorageFullError);
  await storage.close();
});

it('makes way for the one who deletes it, and is opened again at the next use', async () => {
  const storage = await openIndexedDbStorage('deleted');
  await storage.write([['a', '1']]);
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase('deleted');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  assert.deepEqual(await storage.list(''), []);
  await storage.write([['a', '2']]);
  assert.equal(await storage.get('a'), '2');
  await storage.close();
  await assert.rejects(storage.get('a'), /closed/);
});
