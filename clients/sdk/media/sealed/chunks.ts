import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

/** The payload of an age file, c2sp.org/age “Payload”: chunks of 64 KiB, each with a tag. */
export const CHUNK = 65_536;
const TAG = 16;
export const SEALED_CHUNK = CHUNK + TAG;

/** How long it is encrypted. @param bytes of plaintext, at least one */
export const sealedLength = (bytes: number): number => bytes + Math.ceil(bytes / CHUNK) * TAG;

/**
 * “The first 11 bytes are a big endian chunk counter starting at zero …; the last byte is 0x01 for the final chunk and 0x00 for all
 * preceding ones.” No file has more than 2^32 chunks.
 */
function nonceOf(chunk: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, chunk);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

export const sealChunk = (key: Uint8Array, chunk: number, isLast: boolean, bytes: Uint8Array) =>
  chacha20poly1305(key, nonceOf(chunk, isLast)).encrypt(bytes);

/** null: it is not what was encrypted with this key, at this place. */
export function openChunk(
  key: Uint8Array,
  chunk: number,
  isLast: boolean,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> | null {
  if (bytes.length <= TAG) return null;
  try {
    return chacha20poly1305(key, nonceOf(chunk, isLast)).decrypt(bytes) as Uint8Array<ArrayBuffer>;
  } catch {
    return null;
  }
}
