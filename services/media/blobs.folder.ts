import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Refused } from '../../protocol/errors.ts';
import { type BlobStore, shardOf } from './blobs.ts';

const OURS_ALONE = 0o700;
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR']);
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Blobs as files of a folder, spread over folders in it. */
export function folderBlobs(folder: string): BlobStore {
  const pathOf = (name: string) => join(folder, shardOf(name));
  const unfinished = (name: string) => `${pathOf(name)}.part`;

  return {
    async put(name, bytes, size, signal) {
      const path = pathOf(name);
      const part = unfinished(name);
      try {
        await mkdir(dirname(path), { recursive: true, mode: OURS_ALONE });
        const file = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true });
        await pipeline(bytes, file, { signal });
        if (file.bytesWritten !== size) throw new Refused('unavailable', 'a file was cut short');
        await rename(part, path);
        // The name too survives a loss of power; and that of the folder, which may be new.
        await syncFolder(dirname(path));
        await syncFolder(dirname(dirname(path)));
        await syncFolder(folder);
      } catch (error) {
        bytes.destroy();
        await rm(part, { force: true }).catch(() => {});
        throw troubleOf(error);
      }
    },

    async get(name, range) {
      const path = pathOf(name);
      const bounds = range === undefined ? {} : { start: range.from, end: range.to };
      try {
        const file = await open(path, 'r');
        return createReadStream(path, { fd: file, ...bounds });
      } catch (error) {
        if (isMissing(error)) return null;
        throw troubleOf(error);
      }
    },

    async head(name) {
      try {
        return (await stat(pathOf(name))).size;
      } catch (error) {
        if (isMissing(error)) return null;
        throw troubleOf(error);
      }
    },

    async delete(name) {
      try {
        await rm(pathOf(name), { force: true });
        await rm(unfinished(name), { force: true });
      } catch (error) {
        throw troubleOf(error);
      }
    },

    link: async () => null,
    close: async () => {},
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? '';
const isMissing = (error: unknown) => NOT_THERE.has(codeOf(error));

/** What the disk has against it, as what it means to who asked; everything else as it is. */
export function troubleOf(error: unknown): unknown {
  if (error instanceof Refused || (error as Error).name === 'AbortError') return error;
  if (NO_ROOM.has(codeOf(error))) return new Refused('storage_full', undefined, undefined, { cause: error });
  if (typeof (error as NodeJS.ErrnoException).syscall === 'string')
    return new Refused('unavailable', 'media', undefined, { cause: error });
  return error;
}
