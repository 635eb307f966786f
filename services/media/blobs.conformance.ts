import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import type { BlobStore } from './blobs.ts';

const MEBIBYTE = 1_048_576;

/** Bytes that are made as they are read. */
export function* madeBytes(size: number, seed = 1): Generator<Buffer> {
  for (let made = 0, i = seed; made < size; i++) {
    const chunk = createHash('sha256').update(String(i)).digest();
    const piece = Buffer.concat(Array.from({ length: 2_048 }, () => chunk));
    yield piece.subarray(0, Math.min(piece.length, size - made));
    made += piece.length;
  }
}

/** What every adapter of the port BlobStore promises. */
export function blobStoreConformance(
  adapter: string,
  open: () => Promise<{ blobs: BlobStore; dispose(): Promise<void> }>,
): void {
  describe(`BlobStore conformance: ${adapter}`, () => {
    let blobs: BlobStore;
    let dispose: () => Promise<void>;
    before(async () => {
      ({ blobs, dispose } = await open());
    });
    after(() => dispose());

    const put = async (bytes: Buffer, name = uuidv7()) => {
      await blobs.put(name, Readable.from([bytes]), bytes.length);
      return name;
    };
    const read = async (name: string, range?: { from: number; to: number }) => {
      const stream = await blobs.get(name, range);
      return stream === null ? null : buffer(stream);
    };

    it('gives back what was put, and how much it is', async () => {
      for (const bytes of [Buffer.from('hello'), Buffer.alloc(0), Buffer.alloc(70_000, 7)]) {
        const name = await put(bytes);
        assert.deepEqual(await read(name), bytes);
        assert.equal(await blobs.head(name), bytes.length);
      }
    });

    it('gives a part, both ends included', async () => {
      const name = await put(Buffer.from('0123456789'));
      assert.equal(String(await read(name, { from: 0, to: 0 })), '0');
      assert.equal(String(await read(name, { from: 3, to: 5 })), '345');
      assert.equal(String(await read(name, { from: 9, to: 9 })), '9');
    });

    it('knows what is not there, and does not mind removing it', async () => {
      const name = uuidv7();
      assert.equal(await blobs.get(name), null);
      assert.equal(await blobs.head(name), null);
      await blobs.delete(name);
    });

    it('removes', async () => {
      const name = await put(Buffer.from('gone soon'));
      await blobs.delete(name);
      assert.equal(await blobs.get(name), null);
      assert.equal(await blobs.head(name), null);
    });

    it('takes what comes in pieces and is larger than one of them', async () => {
      const size = 12 * MEBIBYTE + 3;
      const name = uuidv7();
      await blobs.put(name, Readable.from(madeBytes(size)), size);
      const hash = createHash('sha256');
      for (const piece of madeBytes(size)) hash.update(piece);
      const stored = createHash('sha256');
      for await (const piece of (await blobs.get(name))!) stored.update(piece);
      assert.equal(stored.digest('hex'), hash.digest('hex'));
      await blobs.delete(name);
    });

    it('has nothing of a write that failed, or was given up', async () => {
      const [failed, ended, short] = [uuidv7(), uuidv7(), uuidv7()] as [string, string, string];
      const failing = Readable.from(
        (function* () {
          yield Buffer.alloc(MEBIBYTE);
          throw new Error('the sender went away');
        })(),
      );
      await assert.rejects(blobs.put(failed, failing, 2 * MEBIBYTE), /the sender went away/);
      const giveUp = new AbortController();
      const endless = Readable.from(
        (function* () {
          for (let i = 0; ; i++) {
            if (i === 20) giveUp.abort();
            yield Buffer.alloc(MEBIBYTE);
          }
        })(),
      );
      await assert.rejects(blobs.put(ended, endless, 1_000 * MEBIBYTE, giveUp.signal));
      await assert.rejects(blobs.put(short, Readable.from([Buffer.alloc(10)]), 11));
      for (const name of [failed, ended, short]) {
        assert.equal(await blobs.head(name), null);
        await blobs.delete(name);
      }
    });

    it('takes no name that is not an id', async () => {
      for (const name of ['../../etc/passwd', '', 'a/b', `${uuidv7()}/..`])
        await assert.rejects(async () => blobs.get(name), TypeError);
    });
  });
}
