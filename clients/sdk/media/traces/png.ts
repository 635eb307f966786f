import { type Kept, textAt } from './kept.ts';

/** Chunks that say how it is drawn, beside those that have to be there (PNG 3rd edition, §11). */
const DRAWN = new Set([
  ...['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT'],
]);
const isNeeded = (type: string): boolean => /^[A-Z]/.test(type) || DRAWN.has(type);

/** Without texts, times and Exif. */
export function pngWithout(bytes: Uint8Array): Kept | null {
  if (textAt(bytes, 0, 8) !== '\x89PNG\r\n\x1a\n') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: [number, number][] = [[0, 8]];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return null;
    const type = textAt(bytes, at + 4, 4);
    if (isNeeded(type)) kept.push([at, end]);
    // What is behind its end is no part of the picture.
    if (type === 'IEND') return kept;
    at = end;
  }
  return null;
}
