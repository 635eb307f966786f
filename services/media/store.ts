import type { MediaKind } from '../../protocol/media.ts';

/** A file as it is kept. Times are milliseconds since the epoch. */
export interface Media {
  id: string;
  owner: string;
  /** Where its bytes are, see `BlobStore`. The same bytes of the same owner are there once. */
  blob: string;
  /** Its thumbnail; null: there is none. */
  thumbnail: string | null;
  /** Of what arrived, hexadecimal: what is uploaded again is known by it. */
  uploaded: string;
  /** Of what is fetched, hexadecimal. */
  sha256: string;
  bytes: number;
  mime: string;
  kind: MediaKind;
  name: string | null;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  waveform: number[] | null;
  blurhash: string | null;
  encrypted: boolean;
  createdAt: number;
}

/** What a file is, whoever has it and whatever it is called: the same bytes are the same. */
export type Substance = Pick<
  Media,
  'blob' | 'thumbnail' | 'sha256' | 'bytes' | 'mime' | 'kind' | 'width' | 'height' | 'durationMs' | 'blurhash'
>;

/** A message that has a file. */
export interface Reference {
  media: string;
  conversation: string;
  /** The event that has it: the message, or an edit of it. */
  seq: number;
  /** The message: with it goes what its edits have. */
  message: number;
  /** When the content of the message goes; null: never. */
  expires: number | null;
}

/** Bytes; null: no limit. */
export interface Quotas {
  kept: number | null;
  aDay: number | null;
}

export interface Usage {
  /** Bytes of what is kept, the same bytes once. */
  kept: number;
  /** Bytes uploaded on a day. */
  today: number;
}

/**
 * Port: which files there are, whose they are, and which messages have them. A blob is written under a name that is taken
 * ({@link begin}) before there is anything, so that what is never finished is found; what nothing refers to any more is loose, and removed by
 * who asks for it ({@link claimLoose}, {@link dropLoose}).
 */
export interface MediaStore {
  /** Takes names for blobs that are about to be written: they are loose after `until` unless {@link add} has taken them by then. */
  begin(blobs: readonly string[], until: number): Promise<void>;

  /** Of this owner's file of these bytes; null: there is none. */
  known(owner: string, uploaded: string, encrypted: boolean): Promise<Substance | null>;

  /**
   * Adds a file. Its blobs are those that were begun, or of a file of the same owner that is there: `added` false when they are neither
   * any more, and nothing was added.
   * @param day of the upload, as `2026-11-24`
   * @throws {Refused} quota_exceeded, daily_quota_exceeded
   */
  add(media: Media, uploadedBytes: number, day: string, quotas: Quotas): Promise<boolean>;

  get(id: string): Promise<Media | null>;

  usage(owner: string, day: string): Promise<Usage>;

  /**
   * Whether the user owns it, or may read a message that has it which has not expired: by the parts of conversations that are theirs to
   * read.
   */
  mayFetch(user: string, id: string, now: number): Promise<boolean>;

  /** Keeps what no message has from being removed for a while, as one is on its way. */
  touch(id: string, now: number): Promise<void>;

  /** A message has it. Idempotent; a file that is gone has no references. */
  refer(reference: Reference): Promise<void>;

  /** The message at `message` is gone, with everything its edits had. Idempotent. */
  release(conversation: string, message: number, now: number): Promise<void>;

  /** Forgets at most `limit` references whose time has come. @returns how many */
  releaseExpired(now: number, limit: number): Promise<number>;

  /** Removes a file that no message has. False: one has it. */
  remove(id: string, now: number): Promise<boolean>;

  /** Removes at most `limit` files that no message has had since `before`. @returns how many */
  removeUnreferenced(before: number, limit: number, now: number): Promise<number>;

  /** Removes at most `limit` files made before `before`, whoever has them. @returns how many */
  removeOld(before: number, limit: number, now: number): Promise<number>;

  /** At most `limit` blobs that nothing refers to, and nothing can refer to from now on. The same come again until they are dropped. */
  claimLoose(now: number, limit: number): Promise<string[]>;

  /** They are removed. */
  dropLoose(blobs: readonly string[]): Promise<void>;

  /** Forgets what was uploaded on days before this one. */
  forgetDays(before: string): Promise<void>;
}
