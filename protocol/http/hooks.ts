import Type, { type Static } from 'typebox';
import { Name } from '../commands.ts';
import { Id, Sequence, Time } from '../ids.ts';
import { HookPost } from './hook-post.ts';
import { JSON_MEDIA, type Route } from './route.ts';

const closed = { additionalProperties: false } as const;

const hook = {
  id: Id,
  conversation: Id,
  name: Name,
  speaker: Type.Unsafe<string>({
    ...Id,
    description: 'in whose name it posts: its own bot; between two people who made it',
  }),
  created_by: Id,
  created: Time,
};
export const HookBody = Type.Object({ name: Name }, closed);
export const HookAnswer = Type.Object(hook, { title: 'Hook' });
export type HookAnswer = Static<typeof HookAnswer>;
export const HookWithUrl = Type.Object(
  {
    ...hook,
    url: Type.String({
      description: 'where to post; a secret, shown this once. A path, unless `http.publicUrl` is set',
    }),
  },
  { title: 'HookWithUrl' },
);
export const HookList = Type.Object({ hooks: Type.Array(HookAnswer) }, { title: 'HookList' });
/** What became of a post. */
export const Posted = Type.Object(
  { conversation: Id, seq: Sequence, id: Id, time: Time },
  { title: 'Posted' },
);
export const HookParams = Type.Object(
  { hook: Id, secret: Type.String({ pattern: '^[A-Za-z0-9_-]{20,64}$' }) },
  closed,
);
/** `Idempotency-Key`, of characters that may stand in a header. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

const form = { tag: 'webhooks', auth: 'bearer', query: null, media: JSON_MEDIA, command: null } as const;
const inConversation = Type.Object({ conversation: Id }, closed);
const ofConversation = Type.Object({ conversation: Id, hook: Id }, closed);
const keeper = ['conversation_not_found', 'not_a_member', 'not_an_admin'] as const;
const posting = [
  'not_a_member',
  'conversation_not_found',
  'message_not_found',
  'user_not_found',
  'blocked',
] as const;

/** No commands: what is answered has a secret in it, and a secret is in no log and no event. */
export const hookRoutes = {
  postToHook: {
    ...form,
    method: 'POST',
    path: '/hooks/{hook}/{secret}',
    summary:
      'Posts a message; with `Idempotency-Key` the same key posts once, and is answered with the first result.',
    auth: 'none',
    params: HookParams,
    body: HookPost,
    status: 201,
    answer: Posted,
    codes: [...posting, 'not_found', 'bot_paused', 'scope_missing', 'forbidden', 'storage_full'],
  },
  createHook: {
    ...form,
    method: 'POST',
    path: '/conversations/{conversation}/hooks',
    summary: 'Makes a secret URL at which machines post into this conversation. It is shown this once.',
    params: inConversation,
    body: HookBody,
    status: 201,
    answer: HookWithUrl,
    codes: [...keeper, 'list_full', 'group_full', 'too_many_groups', 'blocked', 'storage_full'],
  },
  listHooks: {
    ...form,
    method: 'GET',
    path: '/conversations/{conversation}/hooks',
    summary: 'The secret URLs of this conversation, without their secrets.',
    params: inConversation,
    body: null,
    status: 200,
    answer: HookList,
    codes: keeper,
  },
  rotateHook: {
    ...form,
    method: 'POST',
    path: '/conversations/{conversation}/hooks/{hook}/secret',
    summary: 'A new secret in place of the old one, which stops at once.',
    params: ofConversation,
    body: null,
    status: 201,
    answer: HookWithUrl,
    codes: [...keeper, 'not_found', 'storage_full'],
  },
  removeHook: {
    ...form,
    method: 'DELETE',
    path: '/conversations/{conversation}/hooks/{hook}',
    summary: 'Nobody posts there any more. Its bot leaves the group; what it posted stays.',
    params: ofConversation,
    body: null,
    status: 204,
    answer: null,
    codes: [...keeper, 'not_found', 'storage_full'],
  },
} as const satisfies Record<string, Route>;
