import { encode } from 'blurhash';
import type { MakePreview, Preview } from '../../sdk/index.ts';

/** Longer edge of a thumbnail, as the server makes them, pixels. */
const EDGE = 320;
/** Most bytes of one; a picture that is all noise has no more than its blur. */
const MOST_BYTES = 256 * 1_024;
const QUALITY = 0.8;
const BLUR_EDGE = 32;
/** What is drawn here is no program, and no larger than a screen can need. */
const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const MOST_FILE_BYTES = 64 * 1_024 * 1_024;

/** Draws a picture small, in a worker or a page; without what the file says of where and when. null: it is none that this browser shows. */
export const previewOf: MakePreview = async (file) => {
  if (!PICTURE.test(file.type) || file.size > MOST_FILE_BYTES || !('OffscreenCanvas' in globalThis))
    return null;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  try {
    return await drawnSmall(bitmap, bitmap);
  } finally {
    bitmap.close();
  }
};

/** A thumbnail and a blur of what can be drawn. @param size its own, pixels */
export async function drawnSmall(
  source: CanvasImageSource,
  { width, height }: { width: number; height: number },
): Promise<Preview> {
  const canvas = drawn(source, width, height, EDGE);
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality: QUALITY });
  // A browser that cannot write one writes PNG, which is far larger.
  const thumbnail =
    webp.type === 'image/webp' ? webp : await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  const small = drawn(canvas, canvas.width, canvas.height, BLUR_EDGE);
  const pixels = small.getContext('2d')!.getImageData(0, 0, small.width, small.height);
  return {
    ...{ width, height },
    ...(thumbnail.size <= MOST_BYTES ? { thumbnail } : {}),
    blurhash: encode(pixels.data, small.width, small.height, 4, 3),
  };
}

function drawn(source: CanvasImageSource, width: number, height: number, edge: number): OffscreenCanvas {
  const scale = Math.min(1, edge / Math.max(width, height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  canvas.getContext('2d')!.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}
