/** The vectors against another implementation than the one that clients have: OpenSSL's, with nothing of ours. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const { files, padded, damaged } = JSON.parse(
  readFileSync(new URL('./encrypted-files.json', import.meta.url), 'utf8'),
) as {
  padded: [number, number][];
  files: {
    bytes: number;
    key: string;
    padded: number;
    sealed: number;
    sha256: string;
    ciphertext?: string;
  }[];
  damaged: { why: string; bytes: number; keep: [number, number][]; flip?: number }[];
};
const CHUNK = 65_536;

function sealed(plain: Buffer, key: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, chunk = 0; at < plain.length; at += CHUNK, chunk++) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(chunk, 7);
    nonce[11] = at + CHUNK >= plain.length ? 1 : 0;
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    parts.push(cipher.update(plain.subarray(at, at + CHUNK)), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(parts);
}

/** Padmé as the paper has it, with bits. */
function padme(length: number): number {
  if (length < 2) return length;
  const bits = BigInt(length);
  const e = bits.toString(2).length - 1;
  const s = e.toString(2).length;
  const mask = (1n << BigInt(Math.max(0, e - s))) - 1n;
  return Number((bits + mask) & ~mask);
}

describe('vectors of encrypted files', () => {
  it('are padded as they say', () => {
    assert.ok(padded.length > 10);
    for (const [bytes, length] of padded) assert.equal(padme(bytes), length, String(bytes));
  });

  for (const file of files)
    it(`are what they say: ${file.bytes} bytes`, () => {
      assert.equal(padme(file.bytes), file.padded);
      const plain = Buffer.alloc(file.padded);
      for (let at = 0; at < file.bytes; at++) plain[at] = at % 251;
      const made = sealed(plain, Buffer.from(file.key, 'base64url'));
      assert.equal(made.length, file.sealed);
      assert.equal(createHash('sha256').update(made).digest('hex'), file.sha256);
      if (file.ciphertext !== undefined) assert.equal(made.toString('base64'), file.ciphertext);
    });

  it('name damage of files that there are, and leave nothing as it was', () => {
    for (const { why, bytes, keep, flip } of damaged) {
      const file = files.find((one) => one.bytes === bytes);
      assert.ok(file, why);
      assert.ok(flip !== undefined || keep.length > 1 || keep[0]![1] < file.sealed, why);
    }
  });
});
