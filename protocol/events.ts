import Type, { type Static, type TProperties } from 'typebox';
import {
  Audience,
  BotRate,
  DigestHours,
  HistoryForNew,
  MentionsOverride,
  Name,
  QuietHours,
  ReportReason,
  Role,
  Shown,
  Timer,
  VERSION,
  WebhookPause,
} from './commands.ts';
import { Content } from './content.ts';
import { errors } from './errors.ts';
import { Id, idOf, Sequence, Time } from './ids.ts';
import { Scopes } from './scopes.ts';

/**
 * An event: one entry of one stream, the same for everybody who may read it. A stream is a conversation, a user's own
 * account stream (its id is the user's id) or a device's own (its id is the device's id).
 * Clients ignore fields and types that they do not know.
 */
function event<const T extends string, P extends TProperties>(type: T, description: string, fields: P) {
  return Type.Object(
    {
      v: Type.Literal(VERSION),
      seq: Sequence,
      type: Type.Literal(type),
      conversation: idOf('the stream: a conversation, or one’s own user or device id'),
      id: idOf('the id of the command that made it'),
      sender: Type.Object({ user: Id, device: Type.Union([Id, Type.Null()]) }),
      time: Time,
      ...fields,
    },
    { description, title: type },
  );
}

const Member = Type.Object({ user: Id, role: Role });
const optional = Type.Optional;

export const RefusalSchema = Type.Object(
  {
    code: Type.Union(Object.keys(errors).map((code) => Type.Literal(code))),
    message: Type.String(),
    detail: optional(Type.String()),
    retry: Type.Boolean({ description: 'the same request may succeed later, unchanged' }),
    retry_after_ms: optional(Type.Integer({ minimum: 0 })),
  },
  { title: 'Refusal' },
);

/** Events of conversations. */
export const conversationEvents = {
  message: event(
    'message',
    'A message. `deleted` or `expired` in place of `content` when its content has been removed.',
    {
      kind: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
      content: optional(Content),
      peer: optional(idOf('one-to-one: the user it was sent to')),
      reply_to: optional(Sequence),
      mentions: optional(Type.Array(Id)),
      forwarded: optional(Type.Integer()),
      expires: optional(Time),
      deleted: optional(Type.Boolean()),
      expired: optional(Type.Boolean()),
      edited: optional(
        Type.Object(
          { at: Time, content: Content, count: Type.Integer({ minimum: 1 }) },
          { description: 'in pages of history only: the newest content, when, and how often it was edited' },
        ),
      ),
      reactions: optional(
        Type.Array(
          Type.Object({ emoji: Type.String(), count: Type.Integer({ minimum: 1 }), users: Type.Array(Id) }),
          { description: 'in pages of history only: most used first; at most 20 users are named' },
        ),
      ),
    },
  ),
  'message.edited': event('message.edited', 'The message at `target` has new content.', {
    target: Sequence,
    content: optional(Content),
    mentions: optional(Type.Array(Id)),
    expires: optional(Time),
    deleted: optional(Type.Boolean()),
    expired: optional(Type.Boolean()),
  }),
  'message.deleted': event('message.deleted', 'The message at `target` was deleted for everyone.', {
    target: Sequence,
  }),
  'message.reaction': event('message.reaction', 'The sender’s reaction to `target`; null: taken back.', {
    target: Sequence,
    emoji: Type.Union([Type.String(), Type.Null()]),
  }),
  'group.created': event('group.created', 'The first event of a group.', {
    name: Name,
    photo: optional(Type.String()),
    history: HistoryForNew,
    members: Type.Array(Member),
  }),
  'members.added': event('members.added', 'Members were added.', { members: Type.Array(Member) }),
  'members.removed': event('members.removed', 'Members were removed, or left (then the sender is the one).', {
    users: Type.Array(Id),
  }),
  'member.role': event('member.role', 'A member has another role.', { user: Id, role: Role }),
  'group.updated': event('group.updated', 'Name, photo or history setting changed.', {
    name: optional(Name),
    photo: optional(Type.Union([Type.String(), Type.Null()])),
    history: optional(HistoryForNew),
  }),
  'timer.changed': event('timer.changed', 'Disappearing messages were set.', { seconds: Timer }),
} as const;

/** Events of a user's own account stream: they reach all of the user's devices and nobody else. */
export const accountEvents = {
  'message.hidden': event('message.hidden', 'A message was deleted for oneself.', {
    target: Type.Object({ conversation: Id, seq: Sequence }),
  }),
  'profile.updated': event('profile.updated', 'One’s profile changed.', {
    name: optional(Name),
    phone: optional(Type.Union([Type.String(), Type.Null()])),
    photo: optional(Type.Union([Type.String(), Type.Null()])),
    status: optional(Type.Union([Type.String(), Type.Null()])),
  }),
  'privacy.updated': event('privacy.updated', 'One’s privacy settings changed.', {
    last_seen: optional(Audience),
    presence: optional(Audience),
  }),
  'preferences.updated': event('preferences.updated', 'How one has the conversation `target` changed.', {
    target: Id,
    muted_until: optional(Type.Union([Time, Type.Null()])),
    pinned: optional(Type.Boolean()),
    archived: optional(Type.Boolean()),
  }),
  'notifications.updated': event('notifications.updated', 'How one is notified changed.', {
    show: optional(Shown),
    mentions_override: optional(MentionsOverride),
    quiet: optional(Type.Union([QuietHours, Type.Null()])),
    digest_hours: optional(DigestHours),
  }),
  'report.sent': event('report.sent', 'The administrators were told of a user.', {
    user: Id,
    target: optional(Id),
    messages: optional(Type.Array(Sequence)),
    reason: ReportReason,
    text: optional(Type.String()),
  }),
  'contact.added': event('contact.added', 'A contact was added or renamed.', {
    user: Id,
    name: optional(Name),
  }),
  'contact.removed': event('contact.removed', 'A contact was removed.', { user: Id }),
  'block.added': event('block.added', 'A user was blocked.', { user: Id }),
  'block.removed': event('block.removed', 'A user was unblocked.', { user: Id }),
  'device.added': event('device.added', 'A device signed in.', { device: Id, name: optional(Type.String()) }),
  'device.renamed': event('device.renamed', 'A device was named.', { device: Id, name: Name }),
  'bot.updated': event('bot.updated', 'What one may do was changed, as a bot, by one’s owner.', {
    scopes: optional(Scopes),
    groups: optional(Type.Boolean()),
    paused: optional(Type.Boolean()),
    rate: optional(BotRate),
    deleted: optional(Type.Literal(true)),
  }),
  'webhook.paused': event(
    'webhook.paused',
    'A webhook of one’s own was paused; it goes on when one says so.',
    {
      webhook: Id,
      reason: WebhookPause,
      target: optional(idOf('the conversation that it is of; absent: all of a bot’s')),
    },
  ),
  'device.revoked': event('device.revoked', 'A device was signed out.', { device: Id }),
} as const;

/** Events of a device's own stream, on the device's inbox: durable, so that no refusal is lost while it is away. */
export const deviceEvents = {
  refused: event('refused', 'A command of this device, accepted before, changed nothing; `error` says why.', {
    command: Id,
    error: RefusalSchema,
  }),
} as const;

export const events = { ...conversationEvents, ...accountEvents, ...deviceEvents } as const;
export type EventType = keyof typeof events;
export type ConversationEventType = keyof typeof conversationEvents;
export type EventOf<T extends EventType> = Static<(typeof events)[T]>;
export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType];

/** One member's cursors: everything up to these sequence numbers has arrived, has been read. They only grow. */
export const Receipt = Type.Object(
  {
    user: Id,
    delivered: optional(Type.Integer({ minimum: 0, description: 'absent: as it was' })),
    delivered_at: optional(Time),
    read: optional(Type.Integer({ minimum: 0, description: 'absent: as it was' })),
    read_at: optional(Time),
  },
  { title: 'Receipt' },
);
export type Receipt = Static<typeof Receipt>;

/** What reaches an inbox beside the events: state and answers, neither numbered nor kept. */
export const notices = {
  receipts: Type.Object(
    {
      v: Type.Literal(VERSION),
      type: Type.Literal('receipts'),
      conversation: Id,
      receipts: Type.Array(Receipt),
    },
    {
      title: 'receipts',
      description: 'State, on the user’s inbox: the newest receipts of some members of a conversation.',
    },
  ),
  result: Type.Object(
    { v: Type.Literal(VERSION), type: Type.Literal('result'), command: Id, result: Type.Unknown() },
    {
      title: 'result',
      description:
        'On the device’s inbox: the answer to a query, or the event that a repeated command made the first time.',
    },
  ),
  refused: Type.Object(
    {
      v: Type.Literal(VERSION),
      type: Type.Literal('refused'),
      command: Type.Union([Id, Type.Null()]),
      error: RefusalSchema,
    },
    {
      title: 'refused',
      description:
        'On the device’s inbox: the request was refused at once. `command` is null when the payload had no readable id.',
    },
  ),
} as const;

export const PresencePayload = Type.Object(
  {
    v: Type.Literal(VERSION),
    type: Type.Literal('presence'),
    user: Id,
    online: Type.Boolean(),
    last_seen: optional(Time),
  },
  { title: 'presence', description: 'Retained at users/{id}/presence.' },
);
export type PresencePayload = Static<typeof PresencePayload>;

/** What a member publishes, and what the others get with `user` filled in by the server. */
export const TypingPayload = Type.Object(
  {
    v: Type.Literal(VERSION),
    type: Type.Literal('typing'),
    conversation: optional(Id),
    user: optional(Id),
    active: Type.Boolean(),
  },
  {
    title: 'typing',
    description: 'At QoS 0 on conversations/{id}/typing; not kept.',
    additionalProperties: false,
  },
);
export type TypingPayload = Static<typeof TypingPayload>;

/** The wire text of an event whose body was stored without its number. */
export function withSequence(seq: number, body: string): string {
  return `{"seq":${seq},${body.slice(1)}`;
}
