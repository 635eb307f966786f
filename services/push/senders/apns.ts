import type { Clock } from '../../../platform/clock.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import type { PushNotification, PushOutcome, PushSender, RouteOf } from '../sender.ts';
import { type AppleKey, AppleToken } from './apple-token.ts';
import { accepted, jsonOf, later, rejected, unregistered, wordOf } from './ask.ts';
import { type Http2Answer, Http2Line, LineFailure, type LineOptions } from './http2-line.ts';
import { fitted, isSilent, notificationId, payloadOf } from './payload.ts';

export interface ApnsParts {
  /** Without a slash at its end. */
  url: string;
  key: AppleKey;
  /** Bundle id, where a route names none. */
  topic: string;
  clock: Clock;
  line?: LineOptions;
}

export const APPLE = {
  production: 'https://api.push.apple.com',
  development: 'https://api.sandbox.push.apple.com',
} as const;

/** `apns-collapse-id`, bytes. */
const MOST_COLLAPSE = 64;
/** New provider tokens are taken no more often, milliseconds. */
const TOKEN_UPDATES_MS = 20 * 60_000;

/** Apple Push Notification service, HTTP/2 with provider tokens. */
export function createApns({ url, key, topic, clock, line: options }: ApnsParts): PushSender {
  const tokens = new AppleToken(key, clock);
  const line = new Http2Line(url, options);

  async function attempt(
    route: RouteOf<'apns'>,
    notification: PushNotification,
    signal: AbortSignal,
    again: boolean,
  ): Promise<PushOutcome> {
    const token = await tokens.get();
    const headers = {
      authorization: `bearer ${token}`,
      ...headersOf(notification, route.topic ?? topic, clock.now()),
    };
    let answer: Http2Answer;
    try {
      answer = await line.request(`/3/device/${route.token}`, headers, written(notification), signal);
    } catch (error) {
      if (!(error instanceof LineFailure)) throw error;
      return later(error.reason);
    }
    const said = meaning(answer, clock.now());
    if (said !== 'token') return said;
    const waitMs = await tokens.renew(token);
    if (waitMs > 0) return later('expired_provider_token', waitMs);
    return again ? attempt(route, notification, signal, false) : rejected('credentials');
  }

  return {
    kind: 'apns',
    async send(route, notification, signal) {
      const to = route as RouteOf<'apns'>;
      // It stands in a path.
      if (!/^[0-9a-fA-F]{1,200}$/.test(to.token)) return rejected('bad_token');
      return attempt(to, notification, signal, true);
    },
    close: () => line.close(),
  };
}

/** Apple, "Handling notification responses from APNs". */
function meaning(answer: Http2Answer, now: number): PushOutcome | 'token' {
  const { status, headers } = answer;
  if (status === 200) return accepted(headers['apns-id']);
  const { reason } = jsonOf(answer);
  switch (reason) {
    case 'BadDeviceToken':
    case 'Unregistered':
    case 'ExpiredToken':
      return unregistered;
    case 'ExpiredProviderToken':
      return 'token';
    case 'InvalidProviderToken':
    case 'MissingProviderToken':
      return rejected('credentials');
    case 'TooManyProviderTokenUpdates':
      return later('provider_token', TOKEN_UPDATES_MS);
  }
  if (status === 410) return unregistered;
  const word = wordOf(reason, `status_${status}`);
  const mayLater = status === 429 || status >= 500;
  return mayLater ? later(word, retryAfter(headers['retry-after'], now)) : rejected(word);
}

function headersOf(notification: PushNotification, topic: string, now: number): Record<string, string> {
  const { collapse, urgent, ttlSeconds } = notification;
  const silent = isSilent(notification);
  return {
    'content-type': 'application/json',
    'apns-topic': topic,
    'apns-id': notificationId(notification),
    'apns-push-type': silent ? 'background' : 'alert',
    // What is not shown may not be urgent: Apple refuses it.
    'apns-priority': urgent && !silent ? '10' : '5',
    'apns-expiration': String(ttlSeconds === 0 ? 0 : Math.floor(now / 1_000) + ttlSeconds),
    'apns-collapse-id': Buffer.from(collapse).subarray(0, MOST_COLLAPSE).toString('latin1'),
  };
}

function written(notification: PushNotification): string {
  return fitted(notification, (shortened) => {
    const { title: _, body: __, ...dunlin } = payloadOf(shortened);
    return JSON.stringify({ aps: aps(shortened), dunlin });
  });
}

function aps(notification: PushNotification) {
  const { title, body, badge, collapse, sealed, kind } = notification;
  const shown = { badge, 'thread-id': collapse, sound: 'default' };
  // The app opens it before it is shown (a notification service extension); what is here is shown when it cannot.
  if (sealed !== null) return { ...shown, alert: { body: 'New message' }, 'mutable-content': 1 };
  if (title === null) return { badge, 'content-available': 1 };
  const level = kind === 'mention' ? { 'interruption-level': 'active', 'relevance-score': 1 } : {};
  return { ...shown, ...level, alert: { title, ...(body === null ? {} : { body }) } };
}
