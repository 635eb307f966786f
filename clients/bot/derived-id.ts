import { createHash } from 'node:crypto';

/**
 * The id of something that the bot does: the same whenever it is done again, so that the server does it once. A UUIDv7
 * (RFC 9562 §5.7) of the time whose other bits are a digest.
 * @param name of it, among all that this user does
 * @param time milliseconds since 1970: always the same for this name
 */
export function derivedId(user: string, name: string, time: number): string {
  const digest = createHash('sha256').update(`${user}/${name}`).digest('hex');
  const when = time.toString(16).padStart(12, '0');
  const variant = '89ab'[Number.parseInt(digest[3]!, 16) % 4];
  return `${when.slice(0, 8)}-${when.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}
