import Type, { type Static } from 'typebox';
import { BotRate, Name } from '../commands.ts';
import { Id, Time, Username } from '../ids.ts';
import { Scopes } from '../scopes.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;

const forGroups = { description: 'whether others may add it to groups' };
const ForGroups = Type.Boolean(forGroups);

export const BotBody = Type.Object(
  {
    username: Username,
    name: Type.Optional(Name),
    scopes: Type.Optional(Scopes),
    groups: Type.Optional(Type.Boolean({ default: false, ...forGroups })),
  },
  closed,
);
export const BotUpdateBody = Type.Object(
  {
    name: Type.Optional(Name),
    scopes: Type.Optional(Scopes),
    groups: Type.Optional(ForGroups),
    paused: Type.Optional(
      Type.Boolean({
        description: 'it cannot connect, and nothing of it is accepted; what is sent to it waits',
      }),
    ),
    rate: Type.Optional(BotRate),
  },
  closed,
);

export const BotTokenBody = Type.Object(
  {
    beside: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'true: beside the tokens that there are, for another connection at the same time, e.g. one that only sends',
      }),
    ),
  },
  closed,
);

const bot = {
  id: Id,
  username: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  owner: Id,
  scopes: Scopes,
  groups: ForGroups,
  paused: Type.Boolean(),
  rate: BotRate,
  created: Time,
  devices: Type.Array(
    Type.Object({
      device: Id,
      created: Time,
      last_seen: Type.Union([Time, Type.Null()], { description: 'when it was last connected' }),
    }),
    { description: 'one for each token: the client ids under which it connects; oldest first' },
  ),
};

export const BotAnswer = Type.Object(bot, { title: 'Bot' });
export type BotAnswer = Static<typeof BotAnswer>;

export const BotList = Type.Object({ bots: Type.Array(BotAnswer) }, { title: 'BotList' });

/** The password is shown this once. */
export const BotToken = Type.Object(
  {
    bot: BotAnswer,
    mqtt: Type.Object(
      {
        username: Id,
        client_id: Id,
        password: Type.String({ description: 'over HTTP: `Authorization: Bearer …`' }),
        expires: Time,
        websocket: Type.String({ description: 'path of MQTT over WebSocket on this server' }),
        outbox: Type.String({ description: 'topic to publish commands to, at QoS 1' }),
        inbox: Type.String({ description: 'topic to subscribe to at QoS 1, or `events` instead' }),
        device_inbox: Type.String({ description: 'topic to subscribe to at QoS 1: answers and refusals' }),
        events: Type.String({ description: 'topic filter of all its conversations' }),
      },
      { description: 'everything that an MQTT client needs' },
    ),
  },
  { title: 'BotToken' },
);
export type BotToken = Static<typeof BotToken>;

const form = { tag: 'bots', auth: 'bearer', query: null, media: JSON_MEDIA, command: null } as const;
const params = Type.Object({ bot: Id }, closed);

/** No commands: what is answered has a secret in it, and a secret is in no log and no event. Nothing here is for bots themselves. */
export const botRoutes = {
  createBot: {
    ...form,
    method: 'POST',
    path: '/bots',
    summary: 'Makes a bot of one’s own. Its password is shown this once.',
    params: null,
    body: BotBody,
    status: 201,
    answer: BotToken,
    codes: ['forbidden', 'username_taken', 'too_many_bots', 'too_many_devices', 'storage_full'],
  },
  listBots: {
    ...form,
    method: 'GET',
    path: '/bots',
    summary: 'One’s bots; administrators: those of any `owner`.',
    params: null,
    query: Type.Object({ owner: Type.Optional(Id) }, closed),
    body: null,
    status: 200,
    answer: BotList,
    codes: ['bad_request', 'forbidden', 'user_not_found'],
  },
  updateBot: {
    ...form,
    method: 'PATCH',
    path: '/bots/{bot}',
    summary:
      'Changes what is named; its connection is closed and may come back. `rate` is for administrators.',
    params,
    body: BotUpdateBody,
    status: 200,
    answer: BotAnswer,
    codes: ['forbidden', 'not_found', 'storage_full'],
  },
  rotateBotToken: {
    ...form,
    method: 'POST',
    path: '/bots/{bot}/token',
    summary: 'A new token, under a new client id, in place of those that there are, which stop at once.',
    params,
    body: BotTokenBody,
    status: 201,
    answer: BotToken,
    codes: ['forbidden', 'not_found', 'too_many_devices', 'storage_full'],
  },
  deleteBot: {
    ...form,
    method: 'DELETE',
    path: '/bots/{bot}',
    summary: 'Deletes a bot: it leaves its groups; what it wrote stays, and so does its name.',
    params,
    body: null,
    status: 204,
    answer: null,
    codes: ['forbidden', 'not_found', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
