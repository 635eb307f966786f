import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { CAMERA, plainPicture, tellingPicture } from '../../../../services/media/images/samples.ts';
import { withoutTraces } from './traces.ts';

const without = async (bytes: Uint8Array, type = 'image/jpeg') => {
  const clean = await withoutTraces(new Blob([new Uint8Array(bytes)], { type }));
  assert.equal(clean.type, type);
  return Buffer.from(await clean.arrayBuffer());
};
const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer();

describe('a picture that nobody else looks at', () => {
  for (const format of ['jpeg', 'png', 'webp'] as const)
    it(`says nothing of where and when it was taken: ${format}`, async () => {
      const telling = await tellingPicture(format);
      assert.ok(telling.includes(CAMERA), 'it tells');
      const clean = await without(Buffer.concat([telling, Buffer.from('SECRET BEHIND ITS END')]));
      assert.ok(!clean.includes(CAMERA) && !clean.includes('SECRET') && !clean.includes('GPS'));
      assert.deepEqual(await pixels(clean), await pixels(telling), 'the same pixels');
      const [before, after] = [await sharp(telling).metadata(), await sharp(clean).metadata()];
      assert.deepEqual(
        [after.icc, after.format, after.hasAlpha],
        [before.icc, before.format, before.hasAlpha],
      );
      if (format === 'jpeg') assert.equal(after.orientation, before.orientation);
      assert.deepEqual(await without(clean), clean, 'there is nothing more to take out');
    });

  it('stays the way up that it is', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const picture = await plainPicture(40, 20)
        .jpeg({ progressive: orientation % 2 === 0 })
        .withMetadata({ orientation })
        .toBuffer();
      const clean = await without(picture);
      const { orientation: found = 1 } = await sharp(clean).metadata();
      assert.equal(found, orientation);
      assert.deepEqual(await pixels(clean), await pixels(picture));
    }
  });

  it('that is none is left as it is, whatever it begins with', async () => {
    const beginnings = [
      [0xff, 0xd8],
      [...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
      [...Buffer.from('RIFF....WEBP')],
      [],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 300 }),
        async (beginning, rest) => {
          const bytes = Buffer.from([...beginning, ...rest]);
          // It ends, and is never more than it was, but for the one line that says which way up.
          assert.ok((await without(bytes)).length <= bytes.length + 36);
        },
      ),
    );
    const half = (await plainPicture(40, 20).jpeg().toBuffer()).subarray(0, 200);
    assert.deepEqual(await without(half), half);
  });
});
