/** What stands on Node: files. */
export { fileLock } from './lock.node.ts';
export { openPathFiles, type PathFiles } from './media/files.node.ts';
export { openFileStorage } from './storage.node.ts';
