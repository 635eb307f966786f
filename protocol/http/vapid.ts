import Type from 'typebox';
import { JSON_MEDIA, type Route } from './route.ts';

export const VapidAnswer = Type.Object(
  {
    public_key: Type.String({
      pattern: '^[A-Za-z0-9_-]{87}$',
      description: '`applicationServerKey` of a subscription: an uncompressed point of P-256, base64url',
    }),
  },
  { title: 'Vapid' },
);

export const vapidRoutes = {
  vapid: {
    method: 'GET',
    path: '/push/vapid',
    tag: 'devices',
    summary:
      'The key that browsers and distributors subscribe with (RFC 8292), for Web Push and UnifiedPush.',
    auth: 'none',
    params: null,
    query: null,
    body: null,
    status: 200,
    answer: VapidAnswer,
    media: JSON_MEDIA,
    codes: ['not_found'],
    command: null,
  },
} as const satisfies Record<string, Route>;
