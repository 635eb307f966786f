import type { Content, MediaContent } from '../../sdk/index.ts';
import { safeName, sizeOf } from '../../sdk/index.ts';
import { oneLine } from './printable.ts';

const KINDS = {
  image: 'photo',
  video: 'video',
  audio: 'audio',
  voice: 'voice message',
  document: 'file',
} as const;
const UNITS = ['B', 'kB', 'MB', 'GB'];
const MOST_NAME = 80;

/** The file of a message; null: it has none, or not as it has to be. */
export function mediaIn(content: Content | null): MediaContent | null {
  if (content?.type !== 'media') return null;
  const media = content as MediaContent;
  return typeof media.media === 'string' && Object.hasOwn(KINDS, media.kind) ? media : null;
}

/** A file in a line: `[photo 1.2 MB boat.png]`. */
export function fileLine(media: MediaContent): string {
  const { kind, name, duration_ms } = media;
  const length = duration_ms === undefined ? '' : ` ${clock(duration_ms)}`;
  const called = name === undefined ? '' : ` ${nameLine(name)}`;
  return `[${KINDS[kind]}${length} ${size(sizeOf(media))}${called}]`;
}

/** A name of a file, for people. */
export const nameLine = (name: string): string => oneLine(safeName(name)).slice(0, MOST_NAME);

/** `1.2 MB` */
export function size(bytes: number): string {
  let value = Number.isFinite(bytes) ? Math.max(0, bytes) : 0;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
