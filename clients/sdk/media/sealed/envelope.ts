import { refusal } from '../../../../protocol/errors.ts';
import type { MediaAnswer } from '../../../../protocol/http/media.ts';
import type { MediaContent } from '../../../../protocol/media.ts';
import { RefusedError } from '../../session.ts';
import { freshKey, SCHEME } from './seal.ts';
import { joined, lengthSealed, type SealedSource, sealedSource } from './sealing.ts';

/** What a file is encrypted with. Whoever goes on with an upload needs it: with another one these would be other bytes. */
export interface Envelope {
  key: string;
  thumbnail?: {
    key: string;
    bytes: number;
    mime: string;
    /** The small picture itself, base64: it is kept beside the key. */
    data: string;
  };
}

/** Most bytes of a thumbnail: it stands beside others in the memory of who reads. */
const MOST_THUMBNAIL = 262_144;
const TYPE = /^image\/(webp|jpeg|png|gif|avif)$/;

/** With keys of its own. @throws {RefusedError} too_large, bad_request: the thumbnail is no small picture */
export async function freshEnvelope(thumbnail?: Blob): Promise<Envelope> {
  if (thumbnail === undefined) return { key: freshKey() };
  if (thumbnail.size > MOST_THUMBNAIL)
    throw new RefusedError(refusal('too_large', `a thumbnail has at most ${MOST_THUMBNAIL} bytes`));
  if (thumbnail.size === 0 || !TYPE.test(thumbnail.type))
    throw new RefusedError(refusal('bad_request', 'the thumbnail is no picture'));
  let data = '';
  for (const byte of new Uint8Array(await thumbnail.arrayBuffer())) data += String.fromCharCode(byte);
  const { type: mime, size: bytes } = thumbnail;
  return { key: freshKey(), thumbnail: { key: freshKey(), bytes, mime, data: btoa(data) } };
}

const bytesIn = (data: string) => Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));

/** What is uploaded, and how many bytes at its end are of the thumbnail. */
export function sourceIn(
  { key, thumbnail }: Envelope,
  file: Blob,
): { source: SealedSource; thumbnailBytes: number } {
  const source = sealedSource(file, key);
  if (thumbnail === undefined) return { source, thumbnailBytes: 0 };
  const small = sealedSource(bytesIn(thumbnail.data), thumbnail.key);
  return { source: joined(source, small), thumbnailBytes: small.size };
}

/** How many bytes are uploaded. @param bytes of the file */
export const lengthIn = ({ thumbnail }: Envelope, bytes: number): number =>
  lengthSealed({ bytes }) + (thumbnail === undefined ? 0 : lengthSealed(thumbnail));

/** What a message says of a file that has been uploaded so. @param before what was said of the file itself */
export function contentIn(
  { key, thumbnail }: Envelope,
  before: MediaContent,
  answer: MediaAnswer,
): MediaContent {
  const { bytes, encrypted: _, thumbnail: __, ...said } = before;
  return {
    ...said,
    media: answer.id,
    bytes: answer.bytes,
    ...(thumbnail === undefined ? {} : { thumbnail: true }),
    encrypted: {
      ...{ scheme: SCHEME, key, bytes },
      ...(thumbnail === undefined
        ? {}
        : { thumbnail: { key: thumbnail.key, bytes: thumbnail.bytes, mime: thumbnail.mime } }),
    },
  };
}
