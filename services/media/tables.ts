import type { MediaKind } from '../../protocol/media.ts';

/** The tables of media in the directory. Times are milliseconds since the epoch; booleans are 0 or 1. */
export interface MediaTables {
  media: MediaRow;
  media_references: MediaReferenceRow;
  media_days: { owner: string; day: string; bytes: number };
  media_loose: LooseBlobRow;
}

export interface MediaRow {
  id: string;
  owner: string;
  blob: string;
  thumbnail: string | null;
  uploaded: string;
  sha256: string;
  bytes: number;
  mime: string;
  kind: MediaKind;
  name: string | null;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  /** Numbers with a space between them. */
  waveform: string | null;
  blurhash: string | null;
  encrypted: number;
  created_at: number;
  /** Since when no message has it; null: one has. */
  free_since: number | null;
}

export interface MediaReferenceRow {
  media: string;
  conversation: string;
  seq: number;
  message: number;
  expires_at: number | null;
}

export interface LooseBlobRow {
  blob: string;
  due_at: number;
  /** It is being removed: nothing can take it any more. */
  claimed: number;
}
