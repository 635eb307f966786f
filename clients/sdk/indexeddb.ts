/** What stands on a browser's database. */
export { openIndexedDbStorage } from './storage.indexeddb.ts';
