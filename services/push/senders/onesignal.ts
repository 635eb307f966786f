import type { Clock } from '../../../platform/clock.ts';
import type { Outbound, OutboundAnswer } from '../../../platform/outbound/outbound.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import type { PushNotification, PushOutcome, PushSender, RouteOf } from '../sender.ts';
import { accepted, ask, jsonOf, later, rejected, unregistered } from './ask.ts';
import { fitted, isSilent, notificationId, payloadOf } from './payload.ts';

export interface OneSignalParts {
  /** Without a slash at its end. */
  url: string;
  appId: string;
  apiKey: string;
  outbound: Pick<Outbound, 'request'>;
  clock: Clock;
}

/** It cuts `data` and texts of its own accord above this, bytes. */
const MOST_BYTES = 2_048;
const MOST_TTL_SECONDS = 2_419_200;
/** `collapse_id`, characters. */
const MOST_COLLAPSE = 64;

/** OneSignal, REST API. */
export function createOneSignal({ url, appId, apiKey, outbound, clock }: OneSignalParts): PushSender {
  return {
    kind: 'onesignal',
    send(route, notification, signal) {
      const { token } = route as RouteOf<'onesignal'>;
      const headers = { authorization: `Key ${apiKey}`, 'content-type': 'application/json' };
      const content = JSON.parse(
        fitted(notification, (shortened) => JSON.stringify(contentOf(shortened)), MOST_BYTES),
      ) as object;
      const body = JSON.stringify({
        app_id: appId,
        target_channel: 'push',
        include_subscription_ids: [token],
        idempotency_key: notificationId(notification),
        ...content,
      });
      return ask(outbound, { url: `${url}/notifications`, headers, body, signal }, (answer) =>
        meaning(answer, clock.now()),
      );
    },
    close: async () => {},
  };
}

function contentOf(notification: PushNotification) {
  const { title, body, collapse, urgent, ttlSeconds, badge, sealed } = notification;
  const { title: _, body: __, ...data } = payloadOf(notification);
  // Without contents nothing is sent, unless it is only to wake the app.
  const shown = isSilent(notification)
    ? { content_available: true }
    : {
        contents: { en: sealed === null ? (body ?? title ?? '') : 'New message' },
        ...(title === null || body === null ? {} : { headings: { en: title } }),
        ...(sealed === null ? {} : { mutable_content: true }),
      };
  return {
    ...shown,
    data,
    collapse_id: collapse.slice(0, MOST_COLLAPSE),
    thread_id: collapse,
    ttl: Math.min(ttlSeconds, MOST_TTL_SECONDS),
    priority: urgent ? 10 : 5,
    ios_badgeType: 'SetTo',
    ios_badgeCount: badge,
  };
}

/** What is wrong with a subscription comes with 200 or with 400: no id, and `errors` in one of several shapes. */
function meaning(answer: OutboundAnswer, now: number): PushOutcome {
  const { status, headers } = answer;
  const { id, errors } = jsonOf(answer);
  if (status >= 200 && status < 300 && typeof id === 'string' && id !== '' && !namesSubscription(errors))
    return accepted(id);
  if (status < 500 && namesSubscription(errors)) return unregistered;
  if (status === 401 || status === 403) return rejected('credentials');
  const asked = retryAfter(headers['retry-after'], now);
  if (status === 429) return later('rate_limited', asked);
  if (status >= 500 || status === 408) return later(`status_${status}`, asked);
  return rejected(status < 300 ? 'not_sent' : `status_${status}`);
}

/** The only one that was asked for is none, or has unsubscribed. */
function namesSubscription(errors: unknown): boolean {
  if (Array.isArray(errors))
    return errors.some(
      (one) =>
        typeof one === 'string' && /not subscribed|invalid.*(subscription|player)|not found/i.test(one),
    );
  if (typeof errors !== 'object' || errors === null) return false;
  return ['invalid_player_ids', 'invalid_subscription_ids'].some((name) => Object.hasOwn(errors, name));
}
