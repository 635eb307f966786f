/** Parts of a file that are kept, in order: from one byte to before another, or bytes in place of what was there. */
export type Kept = readonly (readonly [from: number, to: number] | Uint8Array<ArrayBuffer>)[];

/** Text of so many bytes at a place, a letter each. */
export const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
