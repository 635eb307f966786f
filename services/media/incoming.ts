import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import { troubleOf } from './blobs.folder.ts';

/** A file that has arrived and is nobody's yet. */
export interface Arrived {
  path: string;
  /** Where in the file at that path it begins; absent: it is the whole of it. */
  from?: number;
  bytes: number;
  /** SHA-256, hexadecimal. */
  sha256: string;
}

/** Of files in the folder that are on their way: the sweeper removes those that a crash left. */
export const WAITING = '.waiting';

/**
 * Writes what comes to a file, as it comes; never more of it is in memory than is on its way to the disk.
 * @throws {Refused} too_large, storage_full, unavailable
 */
export async function receive(folder: string, bytes: Readable, most: number): Promise<Arrived> {
  const path = await freshPath(folder);
  const hash = createHash('sha256');
  let count = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      if (count > most) return done(tooLarge(most));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(bytes, counting, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw troubleOf(error);
  }
  return { path, bytes: count, sha256: hash.digest('hex') };
}

/** Its bytes, of a file that may have more than them. */
export const bytesOf = ({ path, from, bytes }: Omit<Arrived, 'sha256'>): Readable =>
  createReadStream(path, from === undefined ? {} : { start: from, end: from + bytes - 1 });

/** A file that is there, or a part of it, as if it had just arrived. @param bytes at least one, of a part */
export async function arrivedAt(path: string, bytes: number, from?: number): Promise<Arrived> {
  const hash = createHash('sha256');
  const place = from === undefined ? { path, bytes } : { path, bytes, from };
  await pipeline(bytesOf(place), hash);
  return { ...place, sha256: hash.digest('hex') };
}

export async function freshPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${uuidv7()}${WAITING}`);
}

export const tooLarge = (most: number) => new Refused('too_large', `at most ${most} bytes`);
