/** Longer edge of a picture that is made smaller, pixels, and how much of it is kept. */
export const SMALLER_EDGE = 2_048;
const QUALITY = 0.86;
/** What may be made smaller: still pictures. An animation would stand still. */
const STILL = /^image\/(png|jpeg|webp|bmp)$/;
const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

export interface Measured {
  width: number;
  height: number;
}

export const isPicture = ({ type }: Blob): boolean => PICTURE.test(type);

/** How large a picture is; null: it is none that this browser shows. */
export async function measure(file: Blob): Promise<Measured | null> {
  if (!isPicture(file)) return null;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

export const canBeSmaller = (file: Blob, measured: Measured | null): boolean =>
  measured !== null && STILL.test(file.type) && Math.max(measured.width, measured.height) > SMALLER_EDGE;

/** The same picture with fewer pixels, or the same file where that would not make it smaller. */
export async function smaller(file: File): Promise<File> {
  const bitmap = await createImageBitmap(file);
  try {
    const scale = SMALLER_EDGE / Math.max(bitmap.width, bitmap.height);
    if (scale >= 1) return file;
    const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0, width, height);
    // What may be seen through stays so.
    const type = file.type === 'image/jpeg' || file.type === 'image/bmp' ? 'image/jpeg' : 'image/webp';
    const made = await canvas.convertToBlob({ type, quality: QUALITY });
    if (made.type !== type || made.size >= file.size) return file;
    const ending = type === 'image/jpeg' ? '.jpg' : '.webp';
    return new File([made], file.name.replace(/(\.[^.]*)?$/, ending), { type });
  } finally {
    bitmap.close();
  }
}
