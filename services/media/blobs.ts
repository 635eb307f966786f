import type { Readable } from 'node:stream';

/** The part of a blob that is wanted, both ends included, as of `Range: bytes=` (RFC 9110 §14.1.2). */
export interface ByteRange {
  from: number;
  to: number;
}

/** A URL at which anybody can fetch a blob for a short time, as it is to be shown. */
export interface BlobLink {
  /** Seconds. */
  goodFor: number;
  mime: string;
  /** `Content-Disposition`. */
  disposition: string;
}

/**
 * Port: bytes under names. A name is an id of ours ({@link BLOB_NAME}) and is written once; what is there is whole, and stays as it is until
 * it is deleted.
 * Everything is refused with `unavailable` while the storage does not answer, and with `storage_full` when it has no room.
 */
export interface BlobStore {
  /**
   * Writes a blob; durable when it resolves. When it rejects, or `signal` ends it, nothing is there, or what is there is found by {@link delete}.
   * @throws {Refused} storage_full, unavailable; the error of the stream; the reason of the signal
   */
  put(name: string, bytes: Readable, size: number, signal?: AbortSignal): Promise<void>;

  /** The bytes, or the part of them; null: there is no such blob. The caller reads the stream to its end, or destroys it. */
  get(name: string, range?: ByteRange): Promise<Readable | null>;

  /** How many bytes it has; null: there is no such blob. */
  head(name: string): Promise<number | null>;

  /** Removes it, and what an unfinished write of it left. Not being there is no failure. */
  delete(name: string): Promise<void>;

  /** Where others fetch it without us; null: from us. */
  link(name: string, how: BlobLink): Promise<string | null>;

  close(): Promise<void>;
}

/** Of blobs: what may be part of a path and of an object’s key. */
export const BLOB_NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The end of an id is random: so many folders, of about as many blobs each. */
export function shardOf(name: string): string {
  if (!BLOB_NAME.test(name)) throw new TypeError('not the name of a blob');
  return `${name.slice(-2)}/${name.slice(-4, -2)}/${name}`;
}
