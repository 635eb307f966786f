import type { Clock } from '../../../platform/clock.ts';
import type { Outbound, OutboundAnswer } from '../../../platform/outbound/outbound.ts';
import { retryAfter } from '../../../platform/outbound/retrying.ts';
import { signedHeaders } from '../../../platform/outbound/standard-webhooks.ts';
import type { PushOutcome, PushSender, RouteOf } from '../sender.ts';
import { accepted, ask, later, rejected, unregistered } from './ask.ts';
import { fitted, notificationId, payloadOf } from './payload.ts';

export interface WebhookPushParts {
  outbound: Pick<Outbound, 'request'>;
  clock: Clock;
}

/** A machine of whoever made the app, which has a way of its own to the device: signed as Standard Webhooks. */
export function createWebhookPush({ outbound, clock }: WebhookPushParts): PushSender {
  return {
    kind: 'webhook',
    send(route, notification, signal) {
      const { endpoint, secret } = route as RouteOf<'webhook'>;
      const now = clock.now();
      const timestamp = new Date(now).toISOString();
      const body = fitted(notification, (shortened) =>
        JSON.stringify({
          type: 'push',
          timestamp,
          data: {
            ...payloadOf(shortened),
            collapse: shortened.collapse,
            urgent: shortened.urgent,
            ttl: shortened.ttlSeconds,
          },
        }),
      );
      const headers = {
        'content-type': 'application/json',
        ...signedHeaders(notificationId(notification), now, body, [secret]),
      };
      return ask(outbound, { url: endpoint, headers, body, signal }, (answer) =>
        meaning(answer, clock.now()),
      );
    },
    close: async () => {},
  };
}

/** Standard Webhooks, "Considerations for Webhook Producers": any 2xx is a yes, 410 is for ever, a redirect is a no. */
function meaning({ status, headers }: OutboundAnswer, now: number): PushOutcome {
  if (status >= 200 && status < 300) return accepted();
  if (status === 410) return unregistered;
  if (status >= 300 && status < 400) return rejected('redirect');
  const asked = retryAfter(headers['retry-after'], now);
  if (status === 429) return later('rate_limited', asked);
  if (status >= 500 || status === 408) return later(`status_${status}`, asked);
  return rejected(`status_${status}`);
}
