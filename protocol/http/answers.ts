import Type, { type Static } from 'typebox';
import {
  Audience,
  DigestHours,
  HistoryForNew,
  MentionsOverride,
  QuietHours,
  ReportReason,
  Role,
  Shown,
} from '../commands.ts';
import { accountEvents, conversationEvents, events, Receipt } from '../events.ts';
import { Id, Sequence, Time } from '../ids.ts';
import { PushStatusAnswer } from './push.ts';

/** What queries are answered with, over MQTT (`result`) and HTTP alike. Clients ignore fields they do not know. */

const optional = Type.Optional;
const orNull = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Next = orNull(Type.String({ description: '`cursor` of the next page; null: this is the last' }));
const Count = Type.Integer({ minimum: 0 });

/** Any event of a conversation. */
export const ConversationEvent = Type.Union(Object.values(conversationEvents), {
  title: 'ConversationEvent',
});
export const AccountEvent = Type.Union(Object.values(accountEvents), { title: 'AccountEvent' });

export const MessagesPage = Type.Object(
  {
    conversation: Id,
    first: Type.Integer({ minimum: 0, description: 'lowest `seq` of the page: `before` of the page before' }),
    last: Type.Integer({ minimum: 0, description: 'highest `seq` of the page: `after` of the next' }),
    more: Type.Boolean({
      description: 'there may be more in that direction, also when few events are shown',
    }),
    events: Type.Array(ConversationEvent, { description: 'ascending' }),
  },
  { title: 'MessagesPage' },
);

export const SearchPage = Type.Object(
  { events: Type.Array(events.message), next: Next },
  { title: 'SearchPage' },
);

export const MessageStatus = Type.Object(
  {
    message: Id,
    conversation: Id,
    seq: Type.Integer({ minimum: 1 }),
    members_count: Count,
    delivered_count: Count,
    read_count: Count,
    members: Type.Array(
      Type.Object({
        user: Id,
        delivered: Type.Boolean(),
        read: Type.Boolean(),
        delivered_at: optional(Time),
        read_at: optional(Time),
        push: optional(PushStatusAnswer),
      }),
      { description: 'at most 1,000 are named' },
    ),
  },
  { title: 'MessageStatus' },
);
export type MessageStatus = Static<typeof MessageStatus>;

const Kind = Type.Union([Type.Literal('direct'), Type.Literal('group')]);
/** How the one who asks has a conversation. */
const preferences = {
  muted_until: orNull(Time),
  pinned: Type.Boolean(),
  archived: Type.Boolean(),
};
const Seconds = orNull(Type.Integer());

export const ConversationList = Type.Object(
  {
    conversations: Type.Array(
      Type.Object(
        {
          id: Id,
          kind: Kind,
          name: optional(orNull(Type.String())),
          photo: optional(orNull(Type.String())),
          history: optional(HistoryForNew),
          role: optional(Role),
          peer: optional(orNull(Id)),
          timer: Seconds,
          head: Count,
          time: Time,
          read: Type.Integer({ minimum: 0, description: 'one’s own read cursor' }),
          unread: Type.Integer({ minimum: 0, description: 'counted to 1,000 and no further' }),
          receipts: optional(Type.Array(Receipt)),
          ...preferences,
          last: orNull(events.message),
        },
        { title: 'ListedConversation' },
      ),
    ),
    next: Next,
  },
  { title: 'ConversationList' },
);
export type ConversationList = Static<typeof ConversationList>;

export const Conversation = Type.Object(
  {
    id: Id,
    kind: Kind,
    timer: Seconds,
    head: Count,
    created: Time,
    peer: optional(Id),
    name: optional(orNull(Type.String())),
    photo: optional(orNull(Type.String())),
    history: optional(HistoryForNew),
    role: optional(Role),
    members_count: optional(Count),
    ...preferences,
  },
  { title: 'Conversation' },
);
export type Conversation = Static<typeof Conversation>;

/** Of users who are bots; absent: a person. */
const IsBot = optional(Type.Literal(true));

export const MemberList = Type.Object(
  { members: Type.Array(Type.Object({ user: Id, role: Role, bot: IsBot })), next: Next },
  { title: 'MemberList' },
);
export type MemberList = Static<typeof MemberList>;

export const ReceiptList = Type.Object(
  { conversation: Id, receipts: Type.Array(Receipt) },
  { title: 'ReceiptList' },
);
export type ReceiptList = Static<typeof ReceiptList>;

/** Made by the group’s first event; the conversation is named beside it, as what a client is after. */
export const GroupAnswer = Type.Object(
  { conversation: Id, event: conversationEvents['group.created'] },
  { title: 'GroupCreated' },
);

const PersonOrBot = Type.Union([Type.Literal('person'), Type.Literal('bot')]);

export const Profile = Type.Object(
  {
    id: Id,
    username: Type.String(),
    kind: PersonOrBot,
    bot: IsBot,
    name: orNull(Type.String()),
    photo: orNull(Type.String()),
    status: orNull(Type.String()),
    phone: optional(orNull(Type.String())),
    last_seen: optional(Time),
  },
  { title: 'Profile', description: 'As far as the one who asks may see it: the rest is null or absent.' },
);
export type Profile = Static<typeof Profile>;

export const Privacy = Type.Object({ last_seen: Audience, presence: Audience }, { title: 'Privacy' });

export const Notifications = Type.Object(
  {
    show: Shown,
    mentions_override: MentionsOverride,
    quiet: orNull(QuietHours),
    digest_hours: DigestHours,
  },
  { title: 'Notifications' },
);
export type Notifications = Static<typeof Notifications>;

export const ContactList = Type.Object(
  {
    contacts: Type.Array(
      Type.Object({
        user: Id,
        username: Type.String(),
        kind: PersonOrBot,
        name: Type.Union([Type.String(), Type.Null()], {
          description: 'what one calls the contact, or else `profile_name`',
        }),
        profile_name: orNull(Type.String()),
      }),
    ),
  },
  { title: 'ContactList' },
);
export type ContactList = Static<typeof ContactList>;
export type Privacy = Static<typeof Privacy>;

export const BlockList = Type.Object(
  { blocks: Type.Array(Type.Object({ user: Id, username: Type.String(), name: orNull(Type.String()) })) },
  { title: 'BlockList' },
);
export type BlockList = Static<typeof BlockList>;

export const DeviceList = Type.Object(
  {
    devices: Type.Array(
      Type.Object({
        device: Id,
        name: orNull(Type.String()),
        created: Time,
        last_seen: orNull(Time),
        current: Type.Boolean({ description: 'the one that asks' }),
      }),
    ),
  },
  { title: 'DeviceList' },
);
export type DeviceList = Static<typeof DeviceList>;

/** What one may not see is absent. */
export const Presence = Type.Object(
  { user: Id, online: optional(Type.Boolean()), last_seen: optional(Time) },
  { title: 'Presence' },
);

const report = {
  id: Id,
  reporter: Id,
  user: Id,
  reason: ReportReason,
  text: orNull(Type.String()),
  conversation: orNull(Id),
  messages: Type.Array(Sequence),
  time: Time,
  closed: orNull(Time),
};

export const ReportList = Type.Object(
  { reports: Type.Array(Type.Object(report)), next: Next },
  { title: 'ReportList', description: 'newest first' },
);

export const Report = Type.Object(
  {
    ...report,
    content: Type.Array(events.message, { description: 'the messages, as far as they are still there' }),
  },
  { title: 'Report' },
);
