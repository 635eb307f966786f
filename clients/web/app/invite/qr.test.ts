import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'uqr';
import { qrPath } from './qr.ts';

/** The squares that a path of these covers. */
function painted({ size, path }: ReturnType<typeof qrPath>): boolean[][] {
  const squares = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g))
    for (let at = Number(x); at < Number(x) + Number(width); at++) squares[Number(y)]![at] = true;
  return squares;
}

describe('a code of a link', () => {
  it('has exactly the dark squares of it', () => {
    for (const text of [
      'https://chat.example/u/anna',
      'https://chat.example/invite/abcdefghijklmnopqrstuvwxyz0123456789',
    ])
      assert.deepEqual(painted(qrPath(text)), encode(text, { ecc: 'M', border: 0 }).data);
  });
});
