import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { blobStoreConformance } from './blobs.conformance.ts';
import { folderBlobs } from './blobs.folder.ts';

async function temporaryBlobs() {
  const folder = await mkdtemp(join(tmpdir(), 'dunlin-blobs-'));
  return {
    folder,
    blobs: folderBlobs(folder),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

blobStoreConformance('a folder', temporaryBlobs);

it('a folder of blobs is its owner’s alone, and has nothing in it that is not whole', async () => {
  const { folder, blobs, dispose } = await temporaryBlobs();
  try {
    const name = uuidv7();
    await blobs.put(name, Readable.from([Buffer.from('x')]), 1);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const plain = files.filter((one) => one.isFile());
    assert.deepEqual(
      plain.map((one) => one.name),
      [name],
    );
    const { mode } = await stat(join(plain[0]!.parentPath, name));
    assert.equal(mode & 0o077, 0);
    await assert.rejects(blobs.put(uuidv7(), Readable.from([Buffer.from('xy')]), 1));
    assert.equal(
      (await readdir(folder, { recursive: true })).filter((one) => one.endsWith('.part')).length,
      0,
    );
  } finally {
    await dispose();
  }
});
