import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { Id, Sequence, Time } from '../ids.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Token = Type.String({ pattern: '^[\\x21-\\x7e]+$', minLength: 8, maxLength: 4_096 });
const Endpoint = Type.String({ pattern: '^https?://[^\\s\\u0000]+$', maxLength: 2_048 });
/** 65 bytes. */
const Point = Type.String({
  pattern: '^[A-Za-z0-9_-]{87}$',
  description: 'as PushSubscription has it, base64url',
});
/** 16 bytes. */
const Auth = Type.String({
  pattern: '^[A-Za-z0-9_-]{22}$',
  description: 'as PushSubscription has it, base64url',
});

const route = <const K extends string, P extends TProperties>(kind: K, description: string, fields: P) =>
  Type.Object({ kind: Type.Literal(kind), ...fields }, { ...closed, description, title: kind });

export const PushTarget = Type.Union([
  route('fcm', 'Firebase Cloud Messaging.', { token: Token }),
  route('apns', 'Apple.', {
    token: Type.String({
      pattern: '^([0-9a-fA-F]{2}){32,100}$',
      description: 'the device token, hexadecimal',
    }),
    topic: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.-]{1,155}$',
        description: 'the bundle id of the app, where it is not the one of the server’s settings',
      }),
    ),
  }),
  route('webpush', 'Web Push: the PushSubscription of a browser.', {
    endpoint: Endpoint,
    p256dh: Point,
    auth: Auth,
  }),
  route('unifiedpush', 'UnifiedPush; with both keys, where the distributor takes encrypted messages.', {
    endpoint: Endpoint,
    p256dh: Type.Optional(Point),
    auth: Type.Optional(Auth),
  }),
  route('onesignal', 'OneSignal: a subscription id.', {
    token: Type.String({ pattern: '^[0-9a-fA-F-]{36}$' }),
  }),
  route('webhook', 'A server of whoever made the app; signed as Standard Webhooks.', {
    endpoint: Endpoint,
    secret: Type.String({
      pattern: '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$',
      description: '`whsec_` and base64 of 24 to 64 bytes, made by the app',
    }),
  }),
]);
export type PushTarget = Static<typeof PushTarget>;

export const PushBody = Type.Object(
  {
    routes: Type.Array(PushTarget, {
      minItems: 1,
      maxItems: 16,
      description: 'in the order in which they are tried; the server takes `push.routesPerDevice`',
    }),
    key: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9+/]{43}=$',
        description: 'X25519 public key, base64: what is told is sealed to it, and no vendor reads it',
      }),
    ),
  },
  closed,
);

const Via = Type.Union(
  (['fcm', 'apns', 'webpush', 'unifiedpush', 'onesignal', 'webhook'] as const).map((kind) =>
    Type.Literal(kind),
  ),
) as unknown as ReturnType<typeof Type.Unsafe<PushTarget['kind']>>;

const Outcome = Type.Union(
  (['waiting', 'pushed', 'failed', 'unknown', 'collapsed', 'cancelled'] as const).map((one) =>
    Type.Literal(one),
  ),
  {
    description:
      'unknown: it may have been sent, and is not sent again; collapsed: a newer one stands for it; cancelled: it became needless',
  },
) as unknown as ReturnType<
  typeof Type.Unsafe<'waiting' | 'pushed' | 'failed' | 'unknown' | 'collapsed' | 'cancelled'>
>;

export const PushAnswer = Type.Object(
  {
    routes: Type.Array(Type.Object({ kind: Via, registered: Time }), {
      description: 'in the order in which they are tried; without their secrets',
    }),
    sealed: Type.Boolean({ description: 'the device gave a key' }),
    last: orNull(
      Type.Object(
        {
          conversation: Id,
          seq: Sequence,
          outcome: Outcome,
          via: orNull(Via),
          reason: orNull(Type.String()),
          at: orNull(Time),
        },
        { description: 'what became of the newest notification; of a test `conversation` is the device' },
      ),
    ),
  },
  { title: 'PushRoutes' },
);
export type PushAnswer = Static<typeof PushAnswer>;

/** For who sent a message: what became of it where it was not received. */
export const PushStatusAnswer = Type.Union(
  [
    Type.Object({ outcome: Type.Literal('pushed'), via: Via, at: Time }),
    Type.Object({ outcome: Type.Literal('waiting') }),
    Type.Object({ outcome: Type.Literal('failed'), reason: Type.String(), at: Time }),
    Type.Object({ outcome: Type.Literal('unknown'), at: Time }),
  ],
  {
    description:
      'whether a device that is not connected was notified; absent: it was received, or there is nothing that the sender is to know',
  },
);

const params = Type.Object({ device: Id }, closed);
const form = {
  tag: 'devices',
  auth: 'bearer',
  params,
  query: null,
  body: null,
  media: JSON_MEDIA,
  command: null,
} as const;

/** No commands: what is registered is a secret, and a secret is in no log and no event. */
export const pushRoutes = {
  putPush: {
    ...form,
    method: 'PUT',
    path: '/devices/{device}/push',
    summary: 'Where this device is notified while it is not connected: in place of what it had registered.',
    body: PushBody,
    status: 200,
    answer: PushAnswer,
    codes: ['forbidden', 'not_found', 'list_full', 'storage_full'],
  },
  getPush: {
    ...form,
    method: 'GET',
    path: '/devices/{device}/push',
    summary: 'How a device of one’s own is notified, and what became of the newest notification.',
    status: 200,
    answer: PushAnswer,
    codes: ['not_found'],
  },
  removePush: {
    ...form,
    method: 'DELETE',
    path: '/devices/{device}/push',
    summary: 'A device of one’s own is not notified any more.',
    status: 204,
    answer: null,
    codes: ['not_found', 'storage_full'],
  },
  testPush: {
    ...form,
    method: 'POST',
    path: '/devices/{device}/push/test',
    summary: 'Sends a device of one’s own a notification that says nothing else; once in 5 seconds.',
    status: 202,
    answer: null,
    codes: ['not_found', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
