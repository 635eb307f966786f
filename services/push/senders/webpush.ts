import type { PushSender, RouteOf } from '../sender.ts';
import { sendEncrypted, type WebPushParts } from './web-push-request.ts';

/** Browsers. */
export function createWebPush(parts: WebPushParts): PushSender {
  return {
    kind: 'webpush',
    send: (route, notification, signal) =>
      sendEncrypted(parts, route as RouteOf<'webpush'>, notification, signal),
    close: async () => {},
  };
}
