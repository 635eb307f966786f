/** What stands on a browser's database. */

export { indexedDbFiles } from './media/files.indexeddb.ts';
export { openIndexedDbStorage } from './storage.indexeddb.ts';
