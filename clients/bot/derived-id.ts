import { createHash } from 'node:crypto';

/**
 * The id of the `n`th thing that the bot does because of an event: the same whenever the event is handled again, so that the server
 * does it once. A UUIDv7 (RFC 9562 §5.7) of the event's time whose other bits are a digest.
 */
export function derivedId(
  user: string,
  event: { conversation: string; seq: number; time: number },
  n: number,
): string {
  const digest = createHash('sha256').update(`${user}/${event.conversation}/${event.seq}/${n}`).digest('hex');
  const time = event.time.toString(16).padStart(12, '0');
  const variant = '89ab'[Number.parseInt(digest[3]!, 16) % 4];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}
