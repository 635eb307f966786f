import Type, { type Static, type TProperties } from 'typebox';
import { Content } from './content.ts';
import { CommandId, Id, Sequence, Time, Username } from './ids.ts';
import { Scopes } from './scopes.ts';
import { VERSION } from './version.ts';

export { VERSION } from './version.ts';

const closed = { additionalProperties: false } as const;

/** A command: `{v, id, type, …}`. An unknown field is refused: a client learns at once that it is not understood. */
function command<const T extends string, P extends TProperties>(type: T, description: string, fields: P) {
  return Type.Object(
    { v: Type.Literal(VERSION), id: CommandId, type: Type.Literal(type), ...fields },
    { ...closed, description, title: type },
  );
}

/** Where a message goes: a user (the one-to-one conversation is made by the first message), or a conversation. */
export const Recipient = Type.Union([
  Type.Object({ user: Id }, closed),
  Type.Object({ conversation: Id }, closed),
]);

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export type Role = Static<typeof Role>;

/** `joined`: new members see what follows their joining. `all`: they may read everything before it too. */
export const HistoryForNew = Type.Union([Type.Literal('joined'), Type.Literal('all')]);
export const Audience = Type.Union([
  Type.Literal('everyone'),
  Type.Literal('contacts'),
  Type.Literal('nobody'),
]);
export type Audience = Static<typeof Audience>;

/** Not every database can keep U+0000 in a text. */
export const NO_NUL = '^[^\\u0000]*$';
export const Name = Type.String({ minLength: 1, maxLength: 100, pattern: NO_NUL });
export const Url = Type.String({ pattern: '^https?://[^\\s\\u0000]+$', maxLength: 2048 });
/** Seconds; null turns disappearing messages off. */
export const Timer = Type.Union([Type.Integer({ minimum: 1, maximum: 31_536_000 }), Type.Null()]);
/** What a notification shows: who and what, who, or only that there is something. */
export const Shown = Type.Union([Type.Literal('content'), Type.Literal('sender'), Type.Literal('nothing')]);
export type Shown = Static<typeof Shown>;
export const MentionsOverride = Type.Boolean({
  description: 'being mentioned, or answered, notifies also where one has muted',
});
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' });
export const QuietHours = Type.Object(
  {
    from: TimeOfDay,
    to: TimeOfDay,
    zone: Type.String({
      pattern: '^[A-Za-z0-9_+/-]{1,64}$',
      description: 'IANA time zone, e.g. Europe/Berlin',
    }),
  },
  {
    ...closed,
    description: 'no notifications between the two times of day; over midnight when `to` is earlier',
  },
);
export type QuietHours = Static<typeof QuietHours>;
export const DigestHours = Type.Union([Type.Integer({ minimum: 1, maximum: 168 }), Type.Null()], {
  description: 'unread for so many hours: told of by mail; null: never',
});
export const ReportReason = Type.Union([
  Type.Literal('spam'),
  Type.Literal('harassment'),
  Type.Literal('impersonation'),
  Type.Literal('violence'),
  Type.Literal('illegal'),
  Type.Literal('other'),
]);
export type ReportReason = Static<typeof ReportReason>;
export const BotRate = Type.Union([Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Null()], {
  description: 'commands a second of this bot; null: as the server has it for bots',
});
/** Why a webhook is paused: its endpoint failed for long, said that it is gone, or its owner may not read the conversation any more. */
export const WebhookPause = Type.Union([
  Type.Literal('failing'),
  Type.Literal('gone'),
  Type.Literal('right_lost'),
]);
const Users = Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true });
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }));
const Cursor = Type.Optional(
  Type.String({ maxLength: 512, description: 'opaque; from `next` of the page before' }),
);

/** Commands that change something. Each makes exactly one event in one stream, or is refused. */
export const changes = {
  'message.send': command('message.send', 'Sends a message. Answered by the event `message`.', {
    to: Recipient,
    content: Content,
    reply_to: Type.Optional(Sequence),
    mentions: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
    ttl: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31_536_000, description: 'seconds until the content is removed' }),
    ),
    forwarded: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'how often the content was forwarded before',
      }),
    ),
  }),
  'message.edit': command(
    'message.edit',
    'Replaces the content of a message of one’s own, within the edit window.',
    {
      conversation: Id,
      seq: Sequence,
      content: Content,
      mentions: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
    },
  ),
  'message.delete': command(
    'message.delete',
    'Deletes a message for everyone: one’s own, or any as administrator of the group.',
    {
      conversation: Id,
      seq: Sequence,
    },
  ),
  'message.react': command('message.react', 'Sets one’s reaction to a message; null takes it back.', {
    conversation: Id,
    seq: Sequence,
    emoji: Type.Union([Type.String({ minLength: 1, maxLength: 32 }), Type.Null()]),
  }),
  'message.hide': command('message.hide', 'Deletes a message for oneself only.', {
    conversation: Id,
    seq: Sequence,
  }),
  'group.create': command('group.create', 'Makes a group; its conversation id is the id of this command.', {
    name: Name,
    members: Type.Optional(Type.Array(Id, { maxItems: 1000, uniqueItems: true })),
    photo: Type.Optional(Url),
    history: Type.Optional(HistoryForNew),
  }),
  'group.add': command('group.add', 'Adds members (owner, admin).', { conversation: Id, users: Users }),
  'group.remove': command('group.remove', 'Removes members (owner; admin: plain members only).', {
    conversation: Id,
    users: Users,
  }),
  'group.leave': command('group.leave', 'Leaves the group.', { conversation: Id }),
  'group.update': command('group.update', 'Changes name, photo or history setting (owner, admin).', {
    conversation: Id,
    name: Type.Optional(Name),
    photo: Type.Optional(Type.Union([Url, Type.Null()])),
    history: Type.Optional(HistoryForNew),
  }),
  'group.role': command('group.role', 'Gives a member another role (owner).', {
    conversation: Id,
    user: Id,
    role: Role,
  }),
  'conversation.timer': command(
    'conversation.timer',
    'Sets disappearing messages (in groups: owner, admin).',
    {
      conversation: Id,
      seconds: Timer,
    },
  ),
  'profile.update': command('profile.update', 'Changes one’s own profile; absent fields stay.', {
    name: Type.Optional(Name),
    phone: Type.Optional(
      Type.Union([Type.String({ pattern: '^\\+[1-9][0-9]{4,14}$', description: 'E.164' }), Type.Null()]),
    ),
    photo: Type.Optional(Type.Union([Url, Type.Null()])),
    status: Type.Optional(Type.Union([Type.String({ maxLength: 500, pattern: NO_NUL }), Type.Null()])),
  }),
  'privacy.update': command('privacy.update', 'Who may see one’s last seen and presence.', {
    last_seen: Type.Optional(Audience),
    presence: Type.Optional(Audience),
  }),
  'preferences.update': command(
    'preferences.update',
    'How one has a conversation on one’s own devices; absent fields stay. Nobody else learns of it.',
    {
      conversation: Id,
      muted_until: Type.Optional(
        Type.Union([Time, Type.Null()], { description: 'no notifications until then; null: not muted' }),
      ),
      pinned: Type.Optional(Type.Boolean()),
      archived: Type.Optional(Type.Boolean()),
    },
  ),
  'notifications.update': command(
    'notifications.update',
    'How one is notified on devices that are not connected; absent fields stay.',
    {
      show: Type.Optional(Shown),
      mentions_override: Type.Optional(MentionsOverride),
      quiet: Type.Optional(Type.Union([QuietHours, Type.Null()])),
      digest_hours: Type.Optional(DigestHours),
    },
  ),
  'report.send': command('report.send', 'Tells the administrators of a user, and of messages of theirs.', {
    user: Id,
    conversation: Type.Optional(Id),
    messages: Type.Optional(
      Type.Array(Sequence, {
        maxItems: 20,
        uniqueItems: true,
        description: 'of `conversation`: what the administrators are to read of it',
      }),
    ),
    reason: ReportReason,
    text: Type.Optional(Type.String({ maxLength: 1000, pattern: NO_NUL })),
  }),
  'contact.add': command('contact.add', 'Adds or renames a contact.', {
    user: Id,
    name: Type.Optional(Name),
  }),
  'contact.remove': command('contact.remove', 'Removes a contact.', { user: Id }),
  'block.add': command('block.add', 'Blocks a user.', { user: Id }),
  'block.remove': command('block.remove', 'Unblocks a user.', { user: Id }),
  'device.rename': command('device.rename', 'Names a device of one’s own.', { device: Id, name: Name }),
  'device.revoke': command('device.revoke', 'Signs a device of one’s own out, at once.', { device: Id }),
} as const;

/**
 * Changes that the server makes of its own accord. They travel in the command log as the others do, so that they get their place among
 * them; from outside they are refused as unknown.
 */
export const serverChanges = {
  'device.add': command('device.add', 'A device has signed in.', { device: Id, name: Type.Optional(Name) }),
  'bot.update': command('bot.update', 'Its owner has changed what a bot may do.', {
    scopes: Type.Optional(Scopes),
    groups: Type.Optional(Type.Boolean()),
    paused: Type.Optional(Type.Boolean()),
    rate: Type.Optional(BotRate),
    deleted: Type.Optional(Type.Literal(true)),
  }),
  'webhook.pause': command('webhook.pause', 'A webhook could not go on.', {
    webhook: Id,
    reason: WebhookPause,
    target: Type.Optional(Id),
  }),
} as const;

/** Cursors: cumulative, kept as state and not as events. */
export const receiptCommands = {
  'receipt.read': command('receipt.read', 'Everything up to and including `seq` has been read.', {
    conversation: Id,
    seq: Sequence,
  }),
} as const;

/** Commands that only ask. Answered by `result` on the asking device’s inbox. */
export const queries = {
  'conversations.list': command(
    'conversations.list',
    'One’s conversations, newest first, with head, last message, unread count and receipts.',
    {
      limit: Limit,
      cursor: Cursor,
    },
  ),
  'conversation.get': command('conversation.get', 'One conversation with its settings and one’s own role.', {
    conversation: Id,
  }),
  'members.list': command('members.list', 'The members of a conversation.', {
    conversation: Id,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    cursor: Cursor,
  }),
  'messages.list': command(
    'messages.list',
    'A page of a conversation’s stream: before or after a sequence number; the newest when neither is given.',
    {
      conversation: Id,
      before: Type.Optional(Sequence),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Limit,
    },
  ),
  'messages.search': command(
    'messages.search',
    'Searches the unencrypted text of one’s own conversations, newest first.',
    {
      query: Type.String({ minLength: 1, maxLength: 200 }),
      conversation: Type.Optional(Id),
      limit: Limit,
      cursor: Cursor,
    },
  ),
  'message.status': command(
    'message.status',
    'Who has and who read a message of one’s own, by the id of the command that sent it.',
    { message: CommandId },
  ),
  'receipts.get': command('receipts.get', 'The receipts of a conversation’s members.', { conversation: Id }),
  'profile.get': command('profile.get', 'A user’s profile, as far as one may see it.', { user: Id }),
  'user.find': command('user.find', 'Finds a user by sign-in name.', { username: Username }),
  'contacts.list': command('contacts.list', 'One’s contacts.', {}),
  'blocks.list': command('blocks.list', 'Whom one has blocked.', {}),
  'devices.list': command('devices.list', 'One’s devices.', {}),
  'privacy.get': command('privacy.get', 'One’s privacy settings.', {}),
  'notifications.get': command('notifications.get', 'How one is notified.', {}),
} as const;

export const commands = { ...changes, ...receiptCommands, ...queries } as const;

export type ChangeType = keyof typeof changes;
export type QueryType = keyof typeof queries;
export type CommandType = keyof typeof commands;
export type CommandOf<T extends CommandType> = Static<(typeof commands)[T]>;
export type Change = { [T in ChangeType]: CommandOf<T> }[ChangeType];
export type LoggedType = ChangeType | keyof typeof serverChanges;
export type LoggedOf<T extends LoggedType> = Static<(typeof changes & typeof serverChanges)[T]>;
/** What is in the command log. */
export type Logged = { [T in LoggedType]: LoggedOf<T> }[LoggedType];
export type Query = { [T in QueryType]: CommandOf<T> }[QueryType];
export type ReadReceipt = CommandOf<'receipt.read'>;
export type Command = Change | Query | ReadReceipt;

export const isChange = (type: string): type is ChangeType => Object.hasOwn(changes, type);
export const isQuery = (type: string): type is QueryType => Object.hasOwn(queries, type);
