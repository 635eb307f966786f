import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { Refused } from '../../../protocol/errors.ts';
import type { PictureType } from '../types.ts';
import { bomb, CAMERA, plainPicture, tellingPicture } from './samples.ts';
import { createWorkshop, type Workshop, type WorkshopSettings } from './workshop.ts';

const settings: WorkshopSettings = { pixels: 10_000_000, timeoutMs: 30_000, memoryBytes: 1_073_741_824 };

describe('pictures', () => {
  let folder: string;
  let workshop: Workshop;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-pictures-'));
    workshop = createWorkshop(settings);
  });
  after(async () => {
    workshop.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function read(bytes: Buffer, as: PictureType | null, by = workshop) {
    const place = (name: string) => join(folder, `${name}-${count++}`);
    const [source, clean, thumbnail] = [place('source'), place('clean'), place('thumbnail')];
    await writeFile(source, bytes);
    return { clean, thumbnail, picture: await by.read({ source, as, clean, thumbnail }) };
  }
  const rejected = (error: unknown) => error instanceof Refused && error.refusal.code === 'media_rejected';

  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const)
    it(`are written anew without what they say of where and when, turned as they are seen: ${format}`, async () => {
      const bytes = await tellingPicture(format);
      assert.ok(bytes.includes(CAMERA), 'the sample says nothing');
      const { picture, clean, thumbnail } = await read(bytes, `image/${format}`);
      assert.ok(!(await readFile(clean)).includes(CAMERA));
      const found = await sharp(clean).metadata();
      assert.equal(found.exif, undefined);
      assert.equal(found.orientation ?? 1, 1);
      // What is turned in AVIF is said by the format itself, and not by what cameras write.
      if (format !== 'avif') assert.deepEqual([found.width, found.height], [400, 800]);
      assert.deepEqual([picture?.width, picture?.height], [found.width, found.height]);
      const small = await sharp(thumbnail).metadata();
      assert.equal(small.format, 'webp');
      assert.equal(Math.max(small.width, small.height), 320);
      assert.ok(!(await readFile(thumbnail)).includes(CAMERA));
      assert.match(picture!.blurhash, /^.{20,40}$/);
    });

  it('keep moving', async () => {
    const frame = (shade: number) => Buffer.alloc(20 * 10 * 3, shade);
    const bytes = await sharp(Buffer.concat([frame(0), frame(128), frame(255)]), {
      raw: { width: 20, height: 30, channels: 3, pageHeight: 10 },
    })
      .gif({ delay: [100, 100, 100] })
      .toBuffer();
    const { clean, picture } = await read(bytes, 'image/gif');
    assert.equal((await sharp(clean, { animated: true }).metadata()).pages, 3);
    assert.deepEqual([picture?.width, picture?.height], [20, 10]);
  });

  it('have nothing in them behind their end', async () => {
    const page = Buffer.from('<script>alert(1)</script>');
    const { clean, picture } = await read(
      Buffer.concat([await plainPicture().jpeg().toBuffer(), page]),
      'image/jpeg',
    );
    assert.ok(picture);
    assert.ok(!(await readFile(clean)).includes('script'));
  });

  it('are refused when they have too many pixels, however small the file', async () => {
    const bytes = bomb(50_000, 50_000);
    assert.ok(bytes.length < 100_000);
    await assert.rejects(read(bytes, 'image/png'), rejected);
    const { picture } = await read(await plainPicture().png().toBuffer(), 'image/png');
    assert.ok(picture, 'those after it are read');
  });

  it('are none when they cannot be read, and never markup', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>';
    const cut = (await plainPicture().jpeg().toBuffer()).subarray(0, 200);
    for (const bytes of [Buffer.from('no picture'), Buffer.from(svg), cut])
      assert.equal((await read(bytes, 'image/jpeg')).picture, null);
  });

  it('take so much time and memory and no more, and those after them are read', async () => {
    const large = await plainPicture(3_000, 3_000).jpeg().toBuffer();
    const small = await plainPicture(10, 10).png().toBuffer();
    for (const bounds of [{ timeoutMs: 1 }, { memoryBytes: 1_000 }]) {
      const tight = createWorkshop({ ...settings, ...bounds });
      try {
        await assert.rejects(read(large, 'image/avif', tight), rejected);
      } finally {
        tight.close();
      }
    }
    const slow = createWorkshop({ ...settings, timeoutMs: 10_000, memoryBytes: 160_000_000 });
    try {
      await assert.rejects(read(large, 'image/avif', slow), rejected);
      assert.equal((await read(small, 'image/png', slow)).picture?.width, 10);
    } finally {
      slow.close();
    }
  });
});
