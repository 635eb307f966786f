import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import type { MediaKind } from '../../protocol/media.ts';

/** What it is when it is nothing that we know. */
export const UNKNOWN = 'application/octet-stream';

/** Pictures that are read and written anew, by what they are called when they are fetched. */
export const pictures = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
} as const;
export type PictureType = keyof typeof pictures;
export const isPicture = (mime: string): mime is PictureType => Object.hasOwn(pictures, mime);

/** What a browser shows or plays and never runs. Everything else is downloaded. */
const inline = new Set<string>([
  ...Object.keys(pictures),
  ...['video/mp4', 'video/webm', 'video/quicktime', 'video/ogg'],
  ...['audio/mpeg', 'audio/ogg', 'audio/mp4', 'audio/aac', 'audio/flac', 'audio/wav', 'audio/webm'],
]);
export const isInline = (mime: string): boolean => inline.has(mime);

/** Downloaded, and called what they are. Nothing that a browser takes for markup or script is among them. */
const documents = new Set([
  'application/pdf',
  'application/zip',
  'application/gzip',
  'application/x-7z-compressed',
  'application/epub+zip',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
]);

const synonyms: Readonly<Record<string, string>> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/opus': 'audio/ogg',
  'video/x-m4v': 'video/mp4',
};

/** As much of a file as says what it is. */
const HEAD_BYTES = 65_536;

/** What a file is by its bytes, whatever it is called; {@link UNKNOWN} for everything that is not on our lists. */
export async function typeOf(path: string): Promise<string> {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = await open(path, 'r');
  let found: { mime: string } | undefined;
  try {
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    // What it makes of malformed bytes is an error now and then: then they are nothing that we know.
    found = await fileTypeFromBuffer(head.subarray(0, bytesRead)).catch(() => undefined);
  } finally {
    await file.close();
  }
  const plain = (found?.mime ?? UNKNOWN).replace(/;.*/, '').toLowerCase();
  const mime = synonyms[plain] ?? plain;
  return isInline(mime) || documents.has(mime) ? mime : UNKNOWN;
}

/** How it is shown: as wanted, where its bytes allow it. Anything can be a document. */
export function kindOf(mime: string, wanted: MediaKind | undefined): MediaKind {
  if (wanted === 'document') return 'document';
  const family = mime.split('/', 1)[0];
  if (family === 'image' || family === 'video') {
    // Some recorders write sound into a container of video.
    return family === 'video' && wanted === 'voice' && mime === 'video/webm' ? 'voice' : family;
  }
  if (family === 'audio') return wanted === 'voice' ? 'voice' : 'audio';
  return 'document';
}
