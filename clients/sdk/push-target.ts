/** A way to a device that is not connected. What is in it is a secret of the device's. */
export type PushTarget =
  /** Firebase Cloud Messaging: a registration token. */
  | { kind: 'fcm'; token: string }
  /** Apple: the device token, hexadecimal; `topic`: the bundle id of the app, where it is not the one of the server's settings. */
  | { kind: 'apns'; token: string; topic?: string }
  /** The PushSubscription of a browser: keys in base64url. */
  | { kind: 'webpush'; endpoint: string; p256dh: string; auth: string }
  /** A distributor of UnifiedPush; with both keys, where it takes encrypted messages. */
  | { kind: 'unifiedpush'; endpoint: string; p256dh?: string; auth?: string }
  /** OneSignal: a subscription id. */
  | { kind: 'onesignal'; token: string }
  /** A server of whoever made the app; signed as Standard Webhooks with this secret, `whsec_…`, of the app's making. */
  | { kind: 'webhook'; endpoint: string; secret: string };
