import { encode } from 'blurhash';
import sharp, { type Sharp } from 'sharp';
import type { PictureType } from '../types.ts';
import type { Picture, PictureTask } from './shape.ts';

/** Longer edge of a thumbnail, pixels. */
const THUMBNAIL = 320;
const BLUR = 32;

/** More pixels than allowed. */
export class TooLarge extends Error {}

/** Nothing but the readers of these: what else the library can read is not for files of strangers. */
export function onlyPictures(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpegFile',
      'VipsForeignLoadPngFile',
      'VipsForeignLoadWebpFile',
      'VipsForeignLoadNsgifFile',
      'VipsForeignLoadHeifFile',
    ],
  });
}

/** Writes the picture anew, turned as it is to be seen and with nothing in it but pixels and colours; and a thumbnail of it. */
export async function readPicture({ source, as, clean, thumbnail, pixels }: PictureTask): Promise<Picture> {
  const {
    width,
    height,
    orientation = 1,
    pages = 1,
  } = await sharp(source, {
    limitInputPixels: false,
  }).metadata();
  if (width * height * pages > pixels) throw new TooLarge();
  const read = (animated: boolean) => sharp(source, { limitInputPixels: pixels, animated, failOn: 'error' });

  let shown = orientation >= 5 ? { width: height, height: width } : { width, height };
  if (as !== null) {
    const moving = pages > 1 && (as === 'image/gif' || as === 'image/webp');
    const written = await encoded(read(moving).autoOrient().keepIccProfile(), as).toFile(clean);
    shown = { width: written.width, height: written.pageHeight ?? written.height };
  }
  await read(false)
    .autoOrient()
    .resize({ width: THUMBNAIL, height: THUMBNAIL, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .webp({ quality: 75 })
    .toFile(thumbnail);
  return { ...shown, blurhash: await blurhashOf(thumbnail) };
}

function encoded(picture: Sharp, as: PictureType): Sharp {
  switch (as) {
    case 'image/jpeg':
      return picture.jpeg({ quality: 90 });
    case 'image/png':
      return picture.png({ compressionLevel: 6 });
    case 'image/webp':
      return picture.webp({ quality: 90 });
    case 'image/gif':
      return picture.gif();
    case 'image/avif':
      return picture.avif({ quality: 65, effort: 2 });
  }
}

async function blurhashOf(thumbnail: string): Promise<string> {
  const { data, info } = await sharp(thumbnail)
    .ensureAlpha()
    .resize(BLUR, BLUR, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const wide = info.width >= info.height;
  return encode(new Uint8ClampedArray(data), info.width, info.height, wide ? 4 : 3, wide ? 3 : 4);
}
