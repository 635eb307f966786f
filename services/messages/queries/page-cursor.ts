import { Refused } from '../../../protocol/errors.ts';

/** Pagination cursors are opaque to clients: base64url of a JSON list. */
export function writeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws {Refused} bad_cursor when it is not a list of these types */
export function readCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new Refused('bad_cursor');
  }
  const fits =
    Array.isArray(parts) &&
    parts.length === types.length &&
    parts.every((part, i) => typeof part === types[i]);
  if (!fits) throw new Refused('bad_cursor');
  return parts as (string | number)[];
}
