import type { Clock } from '../../../platform/clock.ts';
import type { Outbound, OutboundAnswer } from '../../../platform/outbound/outbound.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import type { PushNotification, PushOutcome, PushSender, RouteOf } from '../sender.ts';
import { accepted, ask, jsonOf, later, rejected, unregistered, wordOf } from './ask.ts';
import { GoogleToken } from './google-token.ts';
import { fitted, isSilent, payloadOf } from './payload.ts';
import type { ServiceAccount } from './service-account.ts';

export interface FcmParts {
  /** Without a slash at its end. */
  url: string;
  account: ServiceAccount;
  outbound: Pick<Outbound, 'request'>;
  clock: Clock;
}

/** What FCM keeps at most, seconds. */
const MOST_TTL_SECONDS = 28 * 86_400;
/** What it waits for when it does not say, milliseconds: it asks for no less after 429. */
const QUOTA_MS = 60_000;

/** Firebase Cloud Messaging, HTTP v1. */
export function createFcm({ url, account, outbound, clock }: FcmParts): PushSender {
  const tokens = new GoogleToken(account, outbound, clock);
  const to = `${url}/v1/projects/${account.projectId}/messages:send`;

  async function attempt(body: string, signal: AbortSignal, again: boolean): Promise<PushOutcome> {
    const answer = await tokens.get();
    if (answer.token === null) return answer.outcome;
    const { token } = answer;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return ask(outbound, { url: to, headers, body, signal }, (answered) => {
      const said = meaning(answered, clock.now());
      // It was taken back before its time: another one, once.
      if (said !== 'token') return said;
      tokens.forget(token);
      return again ? attempt(body, signal, false) : rejected('credentials');
    });
  }

  return {
    kind: 'fcm',
    send: async (route, notification, signal) =>
      attempt(written(route as RouteOf<'fcm'>, notification), signal, true),
    close: async () => {},
  };
}

/** https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
function meaning(answer: OutboundAnswer, now: number): PushOutcome | 'token' {
  const { status, headers } = answer;
  const said = jsonOf(answer);
  if (status >= 200 && status < 300)
    return accepted(typeof said.name === 'string' ? said.name.split('/').at(-1) : undefined);
  const error = (said.error ?? {}) as { status?: unknown; details?: unknown };
  const details = Array.isArray(error.details) ? (error.details as Record<string, unknown>[]) : [];
  const code = details.find((detail) => typeof detail?.errorCode === 'string')?.errorCode ?? error.status;
  const asked = retryAfter(headers['retry-after'], now);
  switch (code) {
    case 'UNREGISTERED':
      return unregistered;
    case 'INVALID_ARGUMENT':
      return isOfToken(details) ? unregistered : rejected('invalid_argument');
    case 'QUOTA_EXCEEDED':
    case 'RESOURCE_EXHAUSTED':
      return later('quota_exceeded', asked ?? QUOTA_MS);
    case 'UNAVAILABLE':
    case 'INTERNAL':
      return later(wordOf(code, 'unavailable'), asked);
    case 'UNAUTHENTICATED':
      return 'token';
  }
  if (status === 401 && code === undefined) return 'token';
  if (status === 429) return later('quota_exceeded', asked ?? QUOTA_MS);
  if (status >= 500 || status === 408) return later(`status_${status}`, asked);
  return rejected(wordOf(code, `status_${status}`));
}

/** The token itself is what is not understood: there is no such device. */
function isOfToken(details: readonly Record<string, unknown>[]): boolean {
  return details.some(
    ({ fieldViolations: violations }) =>
      Array.isArray(violations) && violations.some((one) => one?.field === 'message.token'),
  );
}

function written({ token }: RouteOf<'fcm'>, notification: PushNotification): string {
  const message = (shortened: PushNotification) => JSON.stringify(content(shortened));
  const fitting = JSON.parse(fitted(notification, message)) as object;
  return JSON.stringify({ message: { token, ...fitting } });
}

/** Title and body are shown by the system, without the app; what is sealed is data alone, for the app to open. */
function content(notification: PushNotification) {
  const { title, body, urgent, collapse, ttlSeconds, badge } = notification;
  const ttl = Math.min(ttlSeconds, MOST_TTL_SECONDS);
  const shown = title === null ? {} : { notification: { title, body: body ?? '' } };
  const { title: _, body: __, ...rest } = payloadOf(notification);
  return {
    ...shown,
    data: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    android: {
      priority: urgent ? 'HIGH' : 'NORMAL',
      ttl: `${ttl}s`,
      collapse_key: collapse,
      ...(title === null ? {} : { notification: { tag: collapse, notification_count: badge } }),
    },
    apns: {
      headers: {
        'apns-priority': urgent && !isSilent(notification) ? '10' : '5',
        'apns-collapse-id': collapse.slice(0, 64),
      },
      payload: { aps: { badge, 'thread-id': collapse, ...awake(notification) } },
    },
  };
}

/** How an app on iOS comes to see what is not shown by itself. */
function awake(notification: PushNotification) {
  if (notification.sealed !== null) return { 'mutable-content': 1, alert: { body: 'New message' } };
  return isSilent(notification) ? { 'content-available': 1 } : {};
}
