import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { Refused } from '../../../protocol/errors.ts';
import { troubleOf } from '../blobs.folder.ts';

/** Endings of the two files of an upload: its bytes, and what is known of it. */
export const BYTES = '.upload';
export const NOTES = '.upload.json';

const UPLOAD_ID = /^([0-9a-f]{32})[0-9a-f]{32}$/;

interface Notes {
  size: number;
  metadata: Record<string, string | null>;
  created: number;
  /** The file it became; absent: it is not finished. */
  media?: string;
}

/**
 * Uploads that go on later, as files: how far one has come is how long its file is, also after the end of this process in the middle of it.
 * The name of an upload begins with its owner’s id.
 */
export class WaitingUploads extends DataStore {
  readonly #folder: string;
  readonly #keepMs: number;
  readonly #now: () => number;
  /** `Upload-Checksum` of the request that is being handled. */
  readonly checksum = new AsyncLocalStorage<string | null>();

  constructor(folder: string, keepMs: number, now: () => number) {
    super();
    this.#folder = folder;
    this.#keepMs = keepMs;
    this.#now = now;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  static idFor(owner: string): string {
    return `${owner.replaceAll('-', '')}${randomBytes(16).toString('hex')}`;
  }

  static isOf(owner: string, id: string): boolean {
    return UPLOAD_ID.exec(id)?.[1] === owner.replaceAll('-', '');
  }

  /** How many of the owner’s are not finished. */
  async countOf(owner: string): Promise<number> {
    const prefix = owner.replaceAll('-', '');
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => name.startsWith(prefix) && name.endsWith(BYTES)).length;
  }

  path(id: string): string {
    if (!UPLOAD_ID.test(id)) throw ERRORS.FILE_NOT_FOUND;
    return join(this.#folder, `${id}${BYTES}`);
  }

  /** The file it became, null: none yet. */
  async mediaOf(id: string): Promise<string | null> {
    return (await this.#notes(id)).media ?? null;
  }

  /** It has become a file: what is left of it says so for as long as it would have waited. */
  async finished(id: string, media: string): Promise<void> {
    await this.#note(id, { ...(await this.#notes(id)), media });
    await rm(this.path(id), { force: true });
  }

  override async create(upload: Upload): Promise<Upload> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const created = this.#now();
      await this.#note(upload.id, { size: upload.size ?? 0, metadata: upload.metadata ?? {}, created });
      await writeFile(this.path(upload.id), '', { flag: 'wx', mode: 0o600 });
      upload.creation_date = new Date(created).toISOString();
      return upload;
    } catch (error) {
      throw troubleOf(error);
    }
  }

  override async getUpload(id: string): Promise<Upload> {
    const { size, metadata, created, media } = await this.#notes(id);
    const offset = media === undefined ? await this.#length(id) : size;
    return new Upload({ id, size, offset, metadata, creation_date: new Date(created).toISOString() });
  }

  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    const path = this.path(id);
    // A file that has become something else is not made again by an empty last part.
    if ((await this.mediaOf(id)) !== null) {
      bytes.resume();
      return offset;
    }
    const [algorithm, digest] = this.checksum.getStore()?.split(' ') ?? [];
    const hash = algorithm === undefined ? null : createHash(algorithm);
    let count = 0;
    const counting = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        count += chunk.length;
        hash?.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(bytes, counting, createWriteStream(path, { flags: 'a', flush: true }));
      if (hash !== null && hash.digest('base64') !== digest) {
        await truncate(path, offset);
        throw new Refused('checksum_mismatch', 'upload-checksum');
      }
    } catch (error) {
      // A part whose checksum cannot be looked at counts as not having come.
      if (hash !== null && !(error instanceof Refused)) await truncate(path, offset).catch(() => {});
      throw troubleOf(error);
    }
    return offset + count;
  }

  override async remove(id: string): Promise<void> {
    await this.#notes(id);
    await rm(this.path(id), { force: true });
    await rm(this.#notesPath(id), { force: true });
  }

  override getExpiration(): number {
    return this.#keepMs;
  }

  #notesPath(id: string): string {
    return this.path(id).replace(BYTES, NOTES);
  }

  async #length(id: string): Promise<number> {
    try {
      return (await stat(this.path(id))).size;
    } catch {
      throw ERRORS.FILE_NOT_FOUND;
    }
  }

  async #notes(id: string): Promise<Notes> {
    try {
      return JSON.parse(await readFile(this.#notesPath(id), 'utf8')) as Notes;
    } catch {
      throw ERRORS.FILE_NOT_FOUND;
    }
  }

  /** Whole or not at all. */
  async #note(id: string, notes: Notes): Promise<void> {
    const path = this.#notesPath(id);
    await writeFile(`${path}.new`, JSON.stringify(notes), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  }
}
