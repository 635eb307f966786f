import type { PictureType } from '../types.ts';

/** What the process that reads pictures is asked for. */
export interface PictureTask {
  id: number;
  /** Of a file. */
  source: string;
  /** What to write it as, without what it says of where and when; null: only a thumbnail is wanted. */
  as: PictureType | null;
  /** Where to write that, and the thumbnail. */
  clean: string;
  thumbnail: string;
  pixels: number;
}

export interface Picture {
  width: number;
  height: number;
  blurhash: string;
}

/** `large`: more pixels than allowed; `broken`: it cannot be read. */
export type PictureAnswer =
  | ({ id: number; ok: true } & Picture)
  | { id: number; ok: false; why: 'large' | 'broken' };
