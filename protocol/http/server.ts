import Type, { type Static } from 'typebox';
import { JSON_MEDIA, type Route } from './route.ts';

/** What one may know of a server before one has an account. */
export const ServerAnswer = Type.Object(
  {
    registration: Type.Union([Type.Literal('open'), Type.Literal('invitation'), Type.Literal('closed')], {
      description: 'Who may register: everybody, who has an invitation, nobody',
    }),
    mail: Type.Boolean({ description: 'Does it send mail: may a forgotten password be set anew?' }),
  },
  { title: 'Server' },
);
export type ServerAnswer = Static<typeof ServerAnswer>;

export const serverRoutes = {
  server: {
    method: 'GET',
    path: '/server',
    tag: 'sign-in',
    summary: 'What one may know of this server before one has an account.',
    auth: 'none',
    params: null,
    query: null,
    body: null,
    status: 200,
    answer: ServerAnswer,
    media: JSON_MEDIA,
    codes: [],
    command: null,
  },
} as const satisfies Record<string, Route>;
