import { type Kept, textAt } from './kept.ts';

/** RFC 9649 §2.7. */
const DRAWN = new Set(['VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Of VP8X: there is Exif, there is XMP. */
const HAS_TRACES = 0x0c;
const HEADER = 12;

/** Without Exif, XMP and chunks that nobody knows. */
export function webpWithout(bytes: Uint8Array): Kept | null {
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = 8 + view.getUint32(4, true);
  if (whole > bytes.length) return null;
  const kept: (readonly [number, number] | Uint8Array<ArrayBuffer>)[] = [];
  let size = 4;
  for (let at = HEADER; at + 8 <= whole; ) {
    const length = view.getUint32(at + 4, true);
    // A chunk of an odd length has a byte behind it; the last one may have lost it.
    const end = Math.min(at + 8 + length + (length & 1), whole);
    if (at + 8 + length > whole) return null;
    const type = textAt(bytes, at, 4);
    if (type === 'VP8X') {
      const extended = Uint8Array.from(bytes.subarray(at, end));
      extended[8]! &= ~HAS_TRACES;
      kept.push(extended);
      size += end - at;
    } else if (DRAWN.has(type)) {
      kept.push([at, end]);
      size += end - at;
    }
    at = end;
  }
  const header = Uint8Array.from(bytes.subarray(0, HEADER));
  new DataView(header.buffer).setUint32(4, size, true);
  return [header, ...kept];
}
