/**
 * One way to a device that is not connected. Each vendor is one small adapter; what is told, to whom, when, and what follows from an answer is not
 * its affair.
 */
export interface PushSender {
  readonly kind: RouteKind;
  /**
   * One attempt. Answers what came of it and does not throw for what a vendor or a network does; where it throws all the same, the attempt counts as
   * `unknown`. Gives up when `signal` is aborted: the attempt's deadline, or the process ends.
   * @param route of this sender's kind, as it was checked when it was registered; an endpoint is checked again when it is connected to
   */
  send(route: RouteTarget, notification: PushNotification, signal: AbortSignal): Promise<PushOutcome>;
  close(): Promise<void>;
}

export const ROUTE_KINDS = ['fcm', 'apns', 'webpush', 'unifiedpush', 'onesignal', 'webhook'] as const;
export type RouteKind = (typeof ROUTE_KINDS)[number];

/** Where a device is reached. What is in it is a secret: never logged, never given back. */
export type RouteTarget =
  /** A registration token of Firebase Cloud Messaging. */
  | { kind: 'fcm'; token: string }
  /** A device token of Apple, hexadecimal; `topic`: the app's bundle id where it is not the one that is configured. */
  | { kind: 'apns'; token: string; topic?: string }
  /** A PushSubscription of a browser (RFC 8030, RFC 8291): keys in base64url. */
  | { kind: 'webpush'; endpoint: string; p256dh: string; auth: string }
  /** An endpoint of a UnifiedPush distributor; with keys where it takes encrypted messages, as Web Push. */
  | { kind: 'unifiedpush'; endpoint: string; p256dh?: string; auth?: string }
  /** A subscription id of OneSignal. */
  | { kind: 'onesignal'; token: string }
  /** A machine of whoever made the app: signed as Standard Webhooks with the secret (`whsec_…`) it gave. */
  | { kind: 'webhook'; endpoint: string; secret: string };

export type RouteOf<K extends RouteKind> = Extract<RouteTarget, { kind: K }>;

export interface PushNotification {
  /** Names this notification: the same for every attempt at it, of any route. A vendor that knows such ids shows it once. */
  event: string;
  /** Device id. */
  device: string;
  /** What replaces what on a screen: the conversation. */
  collapse: string;
  /** Null: not to be shown, or sealed. */
  title: string | null;
  body: string | null;
  /** Unread messages of the user, counted up to a bound. */
  badge: number;
  conversation: string;
  seq: number;
  kind: 'message' | 'mention' | 'added' | 'test';
  /** Worth waking a device that sleeps. */
  urgent: boolean;
  /** Seconds a vendor may keep it for a device that is away. */
  ttlSeconds: number;
  /** Instead of title and body, for a device that gave a key: a box (docs/PUSH.md, "Sealed"), base64. */
  sealed: string | null;
}

/** What came of one attempt. A reason is a word or two, without anything secret: it is kept, shown and counted. */
export type PushOutcome =
  /** The vendor has it. `receipt`: by what the vendor names it. */
  | { outcome: 'accepted'; receipt?: string }
  /** Not now: the vendor does not have it. `afterMs`: what the vendor asked us to wait, milliseconds; null: it did not say. */
  | { outcome: 'retry'; afterMs: number | null; reason: string }
  /**
   * It went out, or may have, and no answer came (a deadline, a connection that broke): the vendor may have it. It is not tried again, so that nobody
   * is told twice.
   */
  | { outcome: 'unknown'; reason: string }
  /** There is no such device any more: the route is dead. */
  | { outcome: 'unregistered' }
  /** This notification, or whoever sends it, is refused: trying again as it is would change nothing. */
  | { outcome: 'rejected'; reason: string };
