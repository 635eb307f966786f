import Type from 'typebox';
import { CommandId, Id, Sequence, Username } from '../ids.ts';
import { command } from './command.ts';

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }));
const Cursor = Type.Optional(
  Type.String({ maxLength: 512, description: 'opaque; from `next` of the page before' }),
);

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
