import Type from 'typebox';
import { Content } from '../content.ts';
import { Id, Sequence, Time } from '../ids.ts';
import { command } from './command.ts';
import {
  Audience,
  DigestHours,
  HistoryForNew,
  MentionsOverride,
  Name,
  NO_NUL,
  QuietHours,
  Recipient,
  ReportReason,
  Role,
  Shown,
  Timer,
  Url,
} from './fields.ts';

const Users = Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true });

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
