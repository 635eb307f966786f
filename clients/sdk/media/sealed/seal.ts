import type { MediaContent, MediaSeal } from '../../../../protocol/media.ts';

export const SCHEME: MediaSeal['scheme'] = 'chacha20-poly1305-stream-64k';
const KEY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const KEY_BYTES = 32;

/** What is needed to read one encrypted thing. */
export interface Lid {
  /** 32 bytes, base64url. */
  key: string;
  /** Of what is in it, without its padding. */
  bytes: number;
}

/** A key that nothing has been encrypted with. */
export function freshKey(): string {
  const key = globalThis.crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  let text = '';
  for (const byte of key) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws {TypeError} it is no key */
export function keyOf(text: string): Uint8Array {
  if (!KEY.test(text)) throw new TypeError('not a key');
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (letter) => letter.charCodeAt(0));
}

/** How the file of a message is to be decrypted; null: it is not encrypted, or in a way that is not known here. */
export function sealOf({ encrypted }: Pick<MediaContent, 'encrypted'>): MediaSeal | null {
  // It may come from anybody, and have been sealed where no server looked at it.
  const seal = encrypted as Partial<MediaSeal> | null | undefined;
  if (!isLid(seal) || seal.scheme !== SCHEME) return null;
  const { thumbnail, key, bytes } = seal;
  const hasThumbnail = isLid(thumbnail) && typeof thumbnail.mime === 'string';
  return { scheme: SCHEME, key, bytes, ...(hasThumbnail ? { thumbnail } : {}) };
}

const isLid = <T extends Partial<Lid>>(lid: T | null | undefined): lid is T & Lid =>
  typeof lid === 'object' &&
  lid !== null &&
  typeof lid.key === 'string' &&
  KEY.test(lid.key) &&
  Number.isSafeInteger(lid.bytes) &&
  lid.bytes! > 0;

/** Can this client show or save the file of a message? */
export const isReadable = (content: MediaContent): boolean =>
  content.encrypted === undefined || sealOf(content) !== null;

/** How large the file of a message is, bytes: what is fetched of an encrypted one is more than that. */
export const sizeOf = (content: MediaContent): number => sealOf(content)?.bytes ?? content.bytes;
