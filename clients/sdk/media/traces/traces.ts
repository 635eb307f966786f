import { jpegWithout } from './jpeg.ts';
import { pngWithout } from './png.ts';
import { webpWithout } from './webp.ts';

/** No picture has more than this, and what does is not looked at, bytes. */
const MOST = 128 * 1_024 * 1_024;
/** null: it is none of these, or not as it has to be. */
const formats = [jpegWithout, pngWithout, webpWithout];

/**
 * A picture without what it says of where and when it was taken, and with what, for where no server takes that out: JPEG, PNG and WebP.
 * Its pixels stay as they are, and so do their colours and which way up they are. The same each time. Anything else is left as it is.
 */
export async function withoutTraces(file: Blob): Promise<Blob> {
  if (file.size > MOST) return file;
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  if (!/^(\xff\xd8|\x89PNG|RIFF....WEBP)/s.test(String.fromCharCode(...head))) return file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const without of formats) {
    const kept = without(bytes);
    if (kept === null) continue;
    const parts = kept.map((part) => (part instanceof Uint8Array ? part : file.slice(part[0], part[1])));
    return new Blob(parts, { type: file.type });
  }
  return file;
}
