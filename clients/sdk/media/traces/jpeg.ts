import { type Kept, textAt } from './kept.ts';

/** Markers, ITU-T T.81 table B.1. */
const SOS = 0xda;
const EOI = 0xd9;
const COM = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;

/** Without application segments, but for what says how to draw it: JFIF, the colour profile, Adobe’s transform, and which way up it is. */
export function jpegWithout(bytes: Uint8Array): Kept | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: [number, number][] = [];
  let turned = 1;
  for (let at = 2; ; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // fill
      continue;
    }
    if (marker === EOI) {
      kept.push([at, at + 2]);
      // What is behind its end is no part of the picture.
      return [[0, 2], ...(turned > 1 ? [orientation(turned)] : []), ...kept];
    }
    if (at + 4 > bytes.length) return null;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) return null;
    if (marker === APP1) turned = orientationIn(view, at + 4, end) ?? turned;
    const until = marker === SOS ? endOfScan(bytes, end) : end;
    if (isDrawn(bytes, marker, at)) kept.push([at, until]);
    at = until;
  }
}

function isDrawn(bytes: Uint8Array, marker: number, at: number): boolean {
  if (marker === APP0) return textAt(bytes, at + 4, 5) === 'JFIF\0';
  if (marker === APP2) return textAt(bytes, at + 4, 12) === 'ICC_PROFILE\0';
  if (marker === APP14) return textAt(bytes, at + 4, 5) === 'Adobe';
  return marker !== COM && (marker < APP0 || marker > APP15);
}

/** Where the next marker is that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]!;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/** Exif 2.32 §4.6.4, tag 0x0112: from 1, as it is, to 8; null: it does not say. */
function orientationIn(view: DataView, from: number, end: number): number | null {
  const tiff = from + 6;
  if (end < tiff + 8 || view.getUint32(from) !== 0x45786966) return null;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const first = tiff + view.getUint32(tiff + 4, isLittle);
  if (first + 2 > end) return null;
  const count = view.getUint16(first, isLittle);
  for (let entry = 0; entry < count; entry++) {
    const at = first + 2 + entry * 12;
    if (at + 12 > end) return null;
    if (view.getUint16(at, isLittle) !== 0x0112) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

/** A segment that says this and nothing else. */
function orientation(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0xff, APP1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0],
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0],
  ]);
}
