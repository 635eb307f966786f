import type { PushSender, RouteOf } from '../sender.ts';
import { sendEncrypted, sendPlain, type WebPushParts } from './web-push-request.ts';

/** Distributors of UnifiedPush: as Web Push where the app gave keys, which the specification asks of it since 2024; plain for older ones. */
export function createUnifiedPush(parts: WebPushParts): PushSender {
  return {
    kind: 'unifiedpush',
    send(route, notification, signal) {
      const { endpoint, p256dh, auth } = route as RouteOf<'unifiedpush'>;
      return p256dh === undefined || auth === undefined
        ? sendPlain(parts, endpoint, notification, signal)
        : sendEncrypted(parts, { endpoint, p256dh, auth }, notification, signal);
    },
    close: async () => {},
  };
}
