import { createHash } from 'node:crypto';
import { pairName } from '../../platform/pair-name.ts';

/** A UUIDv8 (RFC 9562 §5.8) of the SHA-256 of a text: the same text always has the same id. */
export function derivedId(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const MOST_KNOWN = 50_000;
const known = new Map<string, string>();

/** The conversation of two users, in either order; of a user with oneself: the note to self. */
export function directConversation(a: string, b: string): string {
  const pair = pairName(a, b);
  let id = known.get(pair);
  if (id === undefined) {
    id = derivedId(`direct/${pair}`);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(pair, id);
  }
  return id;
}
