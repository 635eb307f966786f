import Type from 'typebox';
import { count, flag, group, limit, text } from '../fields.ts';

export const push = group('Notifications of devices that are not connected', {
  enabled: flag(true, 'notify them; where no device has registered a route it costs nothing'),
  graceSeconds: count(
    30,
    'seconds in which a connected device must have acknowledged; then its user is notified too; 0: connected is enough',
    0,
  ),
  atOnce: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 64,
    description: 'attempts under way at once, one process',
  }),
  atOncePerProvider: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 32,
    description: 'attempts under way at once to one vendor, or to one host of endpoints, one process',
  }),
  perSecondPerProvider: limit(500, 'attempts a second to one of them, one process'),
  timeoutSeconds: Type.Integer({
    minimum: 1,
    maximum: 120,
    default: 10,
    description: 'seconds until a vendor must have answered',
  }),
  retryMinSeconds: count(5, 'seconds until the second attempt; twice as long each time after that'),
  retryMaxSeconds: count(900, 'seconds between two attempts at most, unless the vendor asks for more'),
  maxAgeHours: count(24, 'hours after which a notification is given up, quiet hours not counted'),
  breakerFailures: count(10, 'failures in a row after which a vendor is left alone for a while'),
  breakerSeconds: count(
    10,
    'seconds for which it is; twice as long each time it still fails, up to 5 minutes',
  ),
  routesPerDevice: Type.Integer({
    minimum: 1,
    maximum: 16,
    default: 4,
    description: 'routes of one device',
  }),
  badge: flag(true, 'count unread messages for the badge'),
  ledgerDays: count(7, 'days for which it is kept what became of each notification'),
});

export const fcm = group('Push by Firebase Cloud Messaging', {
  serviceAccountFile: text(
    '',
    'file with the key of a service account, JSON, as the Firebase console gives it; empty: none of it',
  ),
  url: text('https://fcm.googleapis.com', 'where it is asked: another one for a proxy'),
});

export const apns = group('Push by Apple', {
  keyFile: text('', 'file with the key for provider tokens, PEM (.p8); empty: none of it'),
  keyId: text('', 'the id of this key'),
  teamId: text('', 'the id of the developer team'),
  topic: text('', 'the bundle id of the app, where a device names none'),
  production: flag(true, 'false: apps in development, which Apple serves elsewhere'),
  url: text('', 'where it is asked; empty: at Apple'),
});

export const webpush = group('Web Push', {
  subject: text(
    '',
    'whom push services may write to: mailto:… or https://…; empty: `http.publicUrl` where that is https',
  ),
  vapidKey: text(
    '',
    'P-256 private key, PKCS #8 PEM, the same for all processes; by DUNLIN_WEBPUSH_VAPID_KEY_FILE. Empty: derived from `tokens.signingKey` where that is set, otherwise one of its own, in the data folder',
  ),
});

export const onesignal = group('Push by OneSignal', {
  appId: text('', 'the id of the app; empty: none of it'),
  apiKey: text('', 'its key for the REST API'),
  url: text('https://api.onesignal.com', 'where it is asked: another one for a proxy'),
});
