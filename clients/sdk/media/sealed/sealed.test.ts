import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MediaContent } from '../../../../protocol/media.ts';
import { plainBlob, plainStream } from '../reading.ts';
import { DamagedError, Opener } from './opening.ts';
import { paddedLength } from './padding.ts';
import { freshKey, isReadable, keyOf, SCHEME, sealOf, sizeOf } from './seal.ts';
import { joined, type SealedSource, sealedSource } from './sealing.ts';
import { typeOf } from './type-of.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../../protocol/vectors/encrypted-files.json', import.meta.url), 'utf8'),
);
const plainOf = (bytes: number) => Uint8Array.from({ length: bytes }, (_, at) => at % 251);
const whole = async (source: SealedSource) => Buffer.from(await source.part(0, source.size));
const contentOf = (key: string, bytes: number): MediaContent => ({
  ...{ type: 'media', kind: 'document', media: 'm', mime: 'application/zip', bytes: 0 },
  encrypted: { scheme: SCHEME, key, bytes },
});
const isDamage = (error: unknown) => error instanceof DamagedError;
/** As an answer has it, in pieces of so many bytes. */
const answer = (bytes: Uint8Array, piece = 10_000) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += piece) controller.enqueue(bytes.slice(at, at + piece));
        controller.close();
      },
    }),
  );

describe('the length of what is encrypted', () => {
  it('is padded as the vectors say', () => {
    for (const [bytes, length] of vectors.padded) assert.equal(paddedLength(bytes), length, String(bytes));
  });

  it('is at most 12 % more, and says little', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (bytes) => {
        const padded = paddedLength(bytes);
        assert.ok(padded >= bytes && padded <= bytes * 1.12, `${bytes} ${padded}`);
        assert.equal(paddedLength(padded), padded, 'one that has been padded stays as it is');
        assert.ok(paddedLength(bytes + 1) >= padded);
      }),
    );
    // Of all lengths up to a million there are this many left.
    const left = new Set(Array.from({ length: 1_000_000 }, (_, bytes) => paddedLength(bytes + 1)));
    assert.ok(left.size < 400, String(left.size));
  });
});

describe('an encrypted file', () => {
  for (const { bytes, key, sealed, sha256, ciphertext } of vectors.files)
    it(`is what the vectors say: ${bytes} bytes`, async () => {
      const source = sealedSource(new Blob([plainOf(bytes)]), key);
      const made = await whole(source);
      assert.deepEqual([source.size, made.length], [sealed, sealed]);
      assert.equal(createHash('sha256').update(made).digest('hex'), sha256);
      if (ciphertext !== undefined) assert.equal(made.toString('base64'), ciphertext);
      const opened = await plainBlob(answer(made), contentOf(key, bytes));
      assert.deepEqual(new Uint8Array(await opened.arrayBuffer()), plainOf(bytes));
      assert.equal(opened.type, 'application/zip');
    });

  for (const { why, bytes, keep, flip } of vectors.damaged)
    it(`is refused when it is not what was sent: ${why}`, async () => {
      const { key } = vectors.files.find((file: { bytes: number }) => file.bytes === bytes);
      const made = await whole(sealedSource(plainOf(bytes), key));
      const came = Buffer.concat(keep.map(([from, to]: [number, number]) => made.subarray(from, to)));
      if (flip !== undefined) came[flip]! ^= 1;
      await assert.rejects(plainBlob(answer(came), contentOf(key, bytes)), isDamage);
      // As it comes: what is given out before is what was sent.
      const given: Buffer[] = [];
      await assert.rejects(async () => {
        for await (const piece of plainStream(
          answer(came),
          contentOf(key, bytes),
        ) as never as AsyncIterable<Uint8Array>)
          given.push(Buffer.from(piece));
      }, isDamage);
      const before = Buffer.concat(given);
      assert.deepEqual(before, Buffer.from(plainOf(bytes)).subarray(0, before.length));
    });

  it('is the same wherever one begins to read it, and comes out in pieces of any size', async () => {
    const thumbnail = sealedSource(plainOf(300), freshKey());
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200_000 }),
        fc.array(fc.integer({ min: 1, max: 220_000 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 70_000 }),
        async (bytes, cuts, piece) => {
          const key = freshKey();
          const plain = randomBytes(bytes);
          const file = sealedSource(new Blob([plain]), key);
          const source = joined(file, thumbnail);
          const at = [0, ...cuts.map((cut) => Math.min(cut, source.size)), source.size].sort((a, b) => a - b);
          const parts: Uint8Array[] = [];
          for (let part = 1; part < at.length; part++)
            parts.push(await source.part(at[part - 1]!, at[part]!));
          const made = Buffer.concat(parts);
          assert.deepEqual(made, Buffer.concat([await whole(file), await whole(thumbnail)]));
          const opened = await plainBlob(answer(made.subarray(0, file.size), piece), contentOf(key, bytes));
          assert.deepEqual(Buffer.from(await opened.arrayBuffer()), plain);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('of another key, or said to be of another length, is refused', async () => {
    const key = freshKey();
    const made = await whole(sealedSource(plainOf(1_000), key));
    await assert.rejects(plainBlob(answer(made), contentOf(freshKey(), 1_000)), isDamage);
    await assert.rejects(plainBlob(answer(made), contentOf(key, 5_000)), isDamage);
  });

  it('is not waited for when it does not end', () => {
    const opener = new Opener({ key: freshKey(), bytes: 100 });
    assert.throws(() => {
      for (;;) opener.push(new Uint8Array(10));
    }, isDamage);
  });

  it('has a key of its own, which is 32 bytes', () => {
    const keys = Array.from({ length: 50 }, freshKey);
    assert.equal(new Set(keys).size, 50);
    for (const key of keys) assert.deepEqual(Buffer.from(key, 'base64url'), Buffer.from(keyOf(key)));
    for (const wrong of ['', `${'A'.repeat(42)}B`, 'A'.repeat(44)])
      assert.throws(() => keyOf(wrong), TypeError);
  });

  it('is none that can be read where what is said of it is not as it has to be', () => {
    const good = contentOf(freshKey(), 10);
    assert.deepEqual([isReadable(good), sizeOf(good)], [true, 10]);
    const plain = { ...good, bytes: 7, encrypted: undefined } as never;
    assert.deepEqual([sealOf(plain), isReadable(plain), sizeOf(plain)], [null, true, 7]);
    const wrong: unknown[] = [null, 1, 'x', {}, { ...good.encrypted, scheme: 'other' }];
    wrong.push({ ...good.encrypted, key: 'short' }, { ...good.encrypted, bytes: -1 });
    for (const encrypted of wrong) {
      const content = { ...good, encrypted } as never;
      assert.equal(sealOf(content), null, JSON.stringify(encrypted));
    }
    const thumbnail = { ...good.encrypted, thumbnail: { key: 'x' } };
    assert.equal(sealOf({ encrypted: thumbnail } as never)?.thumbnail, undefined);
  });

  it('is what its bytes say', async () => {
    const table: [string, string, string][] = [
      ['\x89PNG\r\n\x1a\n', '', 'image/png'],
      ['\xff\xd8\xff\xe0', 'image/png', 'image/jpeg'],
      ['RIFF0000WEBPVP8 ', '', 'image/webp'],
      ['\0\0\0\x18ftypisom', '', 'video/mp4'],
      ['\0\0\0\x18ftypisom', 'audio/mp4', 'audio/mp4'],
      ['\x1a\x45\xdf\xa3', 'audio/webm;codecs=opus', 'audio/webm'],
      ['\x1a\x45\xdf\xa3', '', 'video/webm'],
      ['hello', 'text/plain', 'text/plain'],
      ['hello', '', ''],
    ];
    for (const [bytes, type, is] of table)
      assert.equal(await typeOf(new Blob([Buffer.from(bytes, 'latin1')], { type })), is, `${bytes} ${type}`);
  });
});
