/** What stands on Node: files. */
export { fileLock } from './lock.node.ts';
export { openFileStorage } from './storage.node.ts';
