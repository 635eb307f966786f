import nacl from 'tweetnacl';

/** What is in a sealed box, as JSON. */
export interface SealedContent {
  v: 1;
  title: string | null;
  body: string | null;
  conversation: string;
  seq: number;
  kind: string;
  badge: number;
}

/**
 * Seals it to a device's X25519 key, with a key pair that is made for this one box and forgotten: who sends it cannot open it again. Base64 of the
 * public key (32 bytes), the nonce (24 bytes) and the box (XSalsa20-Poly1305).
 * @param key 32 bytes
 */
export function seal(content: SealedContent, key: Uint8Array): string {
  const once = nacl.box.keyPair();
  const nonce = nacl.randomBytes(nacl.box.nonceLength);
  const box = nacl.box(new TextEncoder().encode(JSON.stringify(content)), nonce, key, once.secretKey);
  once.secretKey.fill(0);
  return Buffer.concat([once.publicKey, nonce, box]).toString('base64');
}

/** The key that a device gave; null: it is none. */
export function sealingKey(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.byteLength !== nacl.box.publicKeyLength || bytes.toString('base64') !== text) return null;
  return bytes.every((byte) => byte === 0) ? null : new Uint8Array(bytes);
}
