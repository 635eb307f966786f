import type { Config } from '../../platform/config/schema.ts';
import type { Quotas } from './store.ts';

const MEBIBYTE = 1_048_576;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Bytes and milliseconds. */
export interface MediaSettings {
  maxBytes: number;
  quotas: Quotas;
  uploadsAtOnce: number;
  resumableUploads: number;
  uploadMs: number;
  idleMs: number;
  urlMs: number;
  /** In front of paths; empty: the same server. */
  baseUrl: string;
  orphanMs: number;
  /** Null: for ever. */
  retentionMs: number | null;
  sweepMs: number;
  image: { pixels: number; timeoutMs: number; memoryBytes: number };
  ffmpeg: string;
  videoMs: number;
  scan: readonly string[];
  scanMs: number;
}

export function mediaSettings({ media, http }: Pick<Config, 'media' | 'http'>): MediaSettings {
  const mebibytes = (count: number) => (count === 0 ? null : count * MEBIBYTE);
  return {
    maxBytes: media.maxBytes,
    quotas: { kept: mebibytes(media.quotaMegabytes), aDay: mebibytes(media.dailyMegabytes) },
    uploadsAtOnce: media.uploadsAtOnce,
    resumableUploads: media.resumableUploads,
    uploadMs: media.uploadHours * HOUR_MS,
    idleMs: media.idleSeconds * 1_000,
    urlMs: media.urlSeconds * 1_000,
    baseUrl: (media.cdnUrl === '' ? http.publicUrl : media.cdnUrl).replace(/\/$/, ''),
    orphanMs: media.orphanHours * HOUR_MS,
    retentionMs: media.retentionDays === 0 ? null : media.retentionDays * DAY_MS,
    sweepMs: media.sweepSeconds * 1_000,
    image: {
      pixels: media.imageMegapixels * 1_000_000,
      timeoutMs: media.imageSeconds * 1_000,
      memoryBytes: media.imageMegabytes * MEBIBYTE,
    },
    ffmpeg: media.ffmpeg,
    videoMs: media.videoSeconds * 1_000,
    scan: media.scan,
    scanMs: media.scanSeconds * 1_000,
  };
}
