import { createHash } from 'node:crypto';
import webPush from 'web-push';
import type { Outbound, OutboundAnswer } from '../../../platform/outbound/outbound.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import type { PushNotification, PushOutcome } from '../sender.ts';
import { accepted, ask, later, rejected, unregistered } from './ask.ts';
import { fitted, MOST_BYTES, payloadOf } from './payload.ts';
import type { VapidKey } from './vapid.ts';

export interface WebPushParts {
  vapid: VapidKey;
  /** `mailto:` or `https:`. */
  subject: string;
  outbound: Pick<Outbound, 'request'>;
  /** Milliseconds since the epoch. */
  clock: { now(): number };
}

export interface Subscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

/** What RFC 8188 adds: salt, record size and key (86), a delimiter, and a tag of 16 bytes. */
const OVERHEAD = 103;

/** A push message as RFC 8030 has it, encrypted for the device (RFC 8291) and signed for the push service (RFC 8292). */
export async function sendEncrypted(
  { vapid, subject, outbound, clock }: WebPushParts,
  { endpoint, p256dh, auth }: Subscription,
  notification: PushNotification,
  signal: AbortSignal,
): Promise<PushOutcome> {
  const text = messageOf(notification, MOST_BYTES - OVERHEAD);
  let headers: Record<string, string>;
  let body: Buffer;
  try {
    const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, text, {
      vapidDetails: { subject, ...vapid },
      TTL: notification.ttlSeconds,
      urgency: urgencyOf(notification),
      topic: topicOf(notification),
      contentEncoding: 'aes128gcm',
    });
    headers = asText(details.headers);
    body = details.body as Buffer;
  } catch {
    // The keys are no point of the curve, or the endpoint no URL. The library's message quotes them.
    return rejected('bad_keys');
  }
  return ask(outbound, { url: endpoint, headers, body, signal }, (answer) => meaning(answer, clock.now()));
}

/** Without keys: as it is. Whoever runs the push service can read it, other than what is sealed. */
export function sendPlain(
  { outbound, clock }: Pick<WebPushParts, 'outbound' | 'clock'>,
  endpoint: string,
  notification: PushNotification,
  signal: AbortSignal,
): Promise<PushOutcome> {
  const body = messageOf(notification, MOST_BYTES);
  const headers = {
    'content-type': 'application/json',
    ttl: String(notification.ttlSeconds),
    urgency: urgencyOf(notification),
    topic: topicOf(notification),
  };
  return ask(outbound, { url: endpoint, headers, body, signal }, (answer) => meaning(answer, clock.now()));
}

const messageOf = (notification: PushNotification, most: number) =>
  fitted(notification, (shortened) => JSON.stringify(payloadOf(shortened)), most);

/** RFC 8030 §5.3. */
const urgencyOf = ({ urgent }: PushNotification) => (urgent ? 'high' : 'normal');

/** RFC 8030 §5.4: at most 32 characters of base64url; the push service need not know which conversation it is. */
export function topicOf({ collapse, device }: Pick<PushNotification, 'collapse' | 'device'>): string {
  return createHash('sha256').update(`dunlin topic ${device} ${collapse}`).digest('base64url').slice(0, 32);
}

/** RFC 8030 §5, §7.2, §7.3, and §8.4 for those who send too much. */
function meaning({ status, headers }: OutboundAnswer, now: number): PushOutcome {
  if (status >= 200 && status < 300) return accepted();
  if (status === 404 || status === 410) return unregistered;
  if (status === 413) return rejected('too_large');
  if (status === 401 || status === 403) return rejected('not_authorised');
  if (status >= 300 && status < 400) return rejected('redirect');
  const asked = retryAfter(headers['retry-after'], now);
  if (status === 429) return later('rate_limited', asked);
  if (status >= 500 || status === 408) return later(`status_${status}`, asked);
  return rejected(`status_${status}`);
}

function asText(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  // The client counts for itself.
  return Object.fromEntries(entries.filter(([name]) => name !== 'content-length'));
}
