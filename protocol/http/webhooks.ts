import Type, { type Static, type TSchema } from 'typebox';
import { Url } from '../commands.ts';
import { type ConversationEventType, conversationEvents } from '../events.ts';
import { Id, Sequence, Time } from '../ids.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One of these; typed as what they are, which a mapped list of literals is not. */
const oneOf = <const T extends string>(values: readonly T[], options: { description?: string } = {}) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    options,
  ) as unknown as ReturnType<typeof Type.Unsafe<T>>;

const EventTypes = Type.Array(oneOf(Object.keys(conversationEvents) as ConversationEventType[]), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  description: 'types of events that are told',
});
const Paused = orNull(
  oneOf(['owner', 'failing', 'gone', 'right_lost'], {
    description:
      'by its owner; because it failed for long; because the receiver answered 410; because its owner may not read the conversation any more',
  }),
);

const webhook = {
  id: Id,
  owner: Id,
  conversation: orNull(Id),
  url: Type.String({ description: 'to others than its owner only the origin' }),
  events: EventTypes,
  paused: Paused,
  failing_since: orNull(Time),
  created: Time,
};
export const WebhookBody = Type.Object(
  {
    url: Url,
    conversation: Type.Optional(Id),
    all: Type.Optional(Type.Literal(true, { description: 'for bots: all conversations, in place of one' })),
    events: Type.Optional(EventTypes),
  },
  closed,
);
export const WebhookUpdateBody = Type.Object(
  {
    url: Type.Optional(Url),
    events: Type.Optional(EventTypes),
    paused: Type.Optional(Type.Boolean({ description: 'false: goes on where it stopped' })),
  },
  closed,
);
export const WebhookAnswer = Type.Object(webhook, { title: 'Webhook' });
export type WebhookAnswer = Static<typeof WebhookAnswer>;
export const WebhookWithSecret = Type.Object(
  { ...webhook, secret: Type.String({ description: 'signs what is told; shown this once' }) },
  { title: 'WebhookWithSecret' },
);
export const WebhookList = Type.Object({ webhooks: Type.Array(WebhookAnswer) }, { title: 'WebhookList' });

export const WebhookFailure = Type.Object(
  {
    id: Id,
    conversation: Id,
    seq: Sequence,
    type: Type.String(),
    attempts: Type.Integer({ minimum: 1 }),
    status: orNull(Type.Integer({ description: 'of the last answer; null: there was none' })),
    reason: Type.String(),
    failed: Time,
    replaying: Type.Boolean({ description: 'it is being told once more' }),
  },
  { title: 'WebhookFailure' },
);
export const WebhookFailureList = Type.Object(
  { failures: Type.Array(WebhookFailure), next: orNull(Type.String()) },
  { title: 'WebhookFailureList' },
);
export const ReplayBody = Type.Object(
  {
    failures: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 100, uniqueItems: true, description: 'absent: all of them' }),
    ),
  },
  closed,
);
export const Replaying = Type.Object({ replaying: Type.Integer({ minimum: 0 }) }, { title: 'Replaying' });

const form = { tag: 'webhooks', auth: 'bearer', query: null, media: JSON_MEDIA, command: null } as const;
const inConversation = Type.Object({ conversation: Id }, closed);
const one = Type.Object({ webhook: Id }, closed);
const keeper = ['conversation_not_found', 'not_a_member', 'not_an_admin'] as const;
/** What a bot is told of is what it may read. */
const need = ['messages.read'] as const;

/** No commands either: what is answered has a secret in it. */
export const webhookRoutes = {
  createWebhook: {
    ...form,
    need,
    method: 'POST',
    path: '/webhooks',
    summary:
      'Has a server told of what happens in a conversation, or in all of a bot’s. The secret is shown this once.',
    params: null,
    body: WebhookBody,
    status: 201,
    answer: WebhookWithSecret,
    codes: [...keeper, 'list_full', 'storage_full'],
  },
  listWebhooks: {
    ...form,
    need,
    method: 'GET',
    path: '/webhooks',
    summary: 'One’s own.',
    params: null,
    body: null,
    status: 200,
    answer: WebhookList,
    codes: [],
  },
  listWebhooksIn: {
    ...form,
    need,
    method: 'GET',
    path: '/conversations/{conversation}/webhooks',
    summary: 'Which servers are told of what happens in this conversation, for its members to know.',
    params: inConversation,
    body: null,
    status: 200,
    answer: WebhookList,
    codes: ['conversation_not_found', 'not_a_member'],
  },
  updateWebhook: {
    ...form,
    need,
    method: 'PATCH',
    path: '/webhooks/{webhook}',
    summary: 'Changes what is named; pauses, or goes on.',
    params: one,
    body: WebhookUpdateBody,
    status: 200,
    answer: WebhookAnswer,
    codes: ['not_found', 'storage_full'],
  },
  rotateWebhook: {
    ...form,
    need,
    method: 'POST',
    path: '/webhooks/{webhook}/secret',
    summary: 'A new secret, shown this once; for a while the former one signs as well.',
    params: one,
    body: null,
    status: 201,
    answer: WebhookWithSecret,
    codes: ['not_found', 'storage_full'],
  },
  removeWebhook: {
    ...form,
    need,
    method: 'DELETE',
    path: '/webhooks/{webhook}',
    summary: 'One’s own, or one of a group that one is owner or administrator of.',
    params: one,
    body: null,
    status: 204,
    answer: null,
    codes: ['not_found', 'storage_full'],
  },
  listFailures: {
    ...form,
    need,
    method: 'GET',
    path: '/webhooks/{webhook}/failures',
    summary: 'Events that were given up, the newest first.',
    params: one,
    query: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
        cursor: Type.Optional(Type.String({ maxLength: 512 })),
      },
      closed,
    ),
    body: null,
    status: 200,
    answer: WebhookFailureList,
    codes: ['not_found', 'bad_cursor'],
  },
  replayFailures: {
    ...form,
    need,
    method: 'POST',
    path: '/webhooks/{webhook}/failures/replay',
    summary: 'Tells of them once more, all or those that are named.',
    params: one,
    body: ReplayBody,
    status: 202,
    answer: Replaying,
    codes: ['not_found', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
