/**
 * What a push message says to an app: JSON to Web Push, UnifiedPush and webhooks; the `data` of FCM (each value as text) and OneSignal; `dunlin` beside
 * `aps` for APNs. An app ignores what it does not know.
 */
export interface PushPayload {
  v: 1;
  /** Names the notification: what comes twice under one name is shown once. */
  event: string;
  /** The device it is for. */
  device: string;
  kind: 'message' | 'mention' | 'added' | 'test';
  conversation: string;
  seq: number;
  /** Unread messages of the user, counted up to a bound. */
  badge: number;
  /** Absent: not to be shown, or sealed. */
  title?: string;
  /** May be shortened. */
  body?: string;
  /** Instead of title and body: a box for the device's key, base64. */
  sealed?: string;
}
