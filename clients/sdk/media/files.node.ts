import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Storage } from '../storage.ts';
import type { FileKeep } from './files.ts';

/** Files that stay where they are: kept is where that is. */
export interface PathFiles extends FileKeep {
  /** The file of a path, to be sent. Its bytes are read when they are uploaded. @throws {Error} ENOENT, EACCES, or it is no file */
  open(path: string): Promise<Blob>;
}

interface Kept {
  path: string;
  bytes: number;
  /** When it was changed last, milliseconds. */
  changed: number;
}

const key = (id: string) => `files/${id}`;

/** @param storage the client’s */
export function openPathFiles(storage: Storage): PathFiles {
  const known = new WeakMap<Blob, Kept>();
  const files = new Map<string, Blob>();

  async function open(path: string): Promise<Blob> {
    const whole = resolve(path);
    const { size, mtimeMs } = await isFile(whole);
    const file = await openAsBlob(whole);
    known.set(file, { path: whole, bytes: size, changed: mtimeMs });
    return file;
  }

  return {
    open,
    async put(id, file) {
      files.set(id, file);
      const kept = known.get(file);
      if (kept !== undefined) await storage.write([[key(id), JSON.stringify(kept)]]);
    },
    async get(id) {
      const here = files.get(id);
      if (here !== undefined) return here;
      const text = await storage.get(key(id));
      if (text === undefined) return null;
      const { path, bytes, changed } = JSON.parse(text) as Kept;
      try {
        const now = await isFile(path);
        // Half of one and half of another would be neither.
        if (now.size !== bytes || now.mtimeMs !== changed) return null;
        return await open(path);
      } catch {
        return null;
      }
    },
    async remove(id) {
      files.delete(id);
      await storage.write([[key(id), null]]);
    },
    async close() {},
  };
}

async function isFile(path: string) {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is no file.`);
  return found;
}
