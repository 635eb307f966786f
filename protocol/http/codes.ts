import { type CommandType, isChange } from '../commands.ts';
import type { ErrorCode } from '../errors.ts';
import type { Route } from './route.ts';

const member = ['conversation_not_found', 'not_a_member'] as const;
const admin = [...member, 'not_a_group', 'not_an_admin'] as const;
const message = [...member, 'message_not_found', 'message_deleted'] as const;

/** What a command may be refused with by its own rules. */
export const commandCodes: Readonly<Record<CommandType, readonly ErrorCode[]>> = {
  'message.send': [...member, 'user_not_found', 'blocked', 'media_not_found'],
  'message.edit': [...message, 'not_the_sender', 'edit_too_late', 'media_not_found'],
  'message.delete': [...message, 'not_the_sender'],
  'message.react': message,
  'message.hide': [...member, 'message_not_found'],
  'group.create': [
    'user_not_found',
    'blocked',
    'bot_not_for_groups',
    'group_full',
    'too_many_groups',
    'conversation_exists',
  ],
  'group.add': [
    ...admin,
    'user_not_found',
    'blocked',
    'bot_not_for_groups',
    'already_a_member',
    'group_full',
    'too_many_groups',
  ],
  'group.remove': [...admin, 'user_not_found', 'not_an_owner'],
  'group.leave': [...member, 'not_a_group', 'last_owner'],
  'group.update': admin,
  'group.role': [...member, 'not_a_group', 'not_an_owner', 'user_not_found', 'last_owner'],
  'conversation.timer': [...member, 'not_an_admin'],
  'profile.update': [],
  'privacy.update': [],
  'preferences.update': member,
  'notifications.update': [],
  'report.send': [...member, 'user_not_found'],
  'contact.add': ['user_not_found', 'list_full'],
  'contact.remove': ['user_not_found'],
  'block.add': ['user_not_found', 'list_full'],
  'block.remove': ['user_not_found'],
  'device.rename': ['not_found'],
  'device.revoke': ['not_found'],
  'receipt.read': [...member, 'message_not_found'],
  'conversations.list': ['bad_cursor'],
  'conversation.get': member,
  'members.list': [...member, 'bad_cursor'],
  'messages.list': member,
  'messages.search': [...member, 'bad_cursor', 'bad_query'],
  'message.status': ['not_found'],
  'receipts.get': member,
  'profile.get': ['user_not_found'],
  'user.find': ['user_not_found'],
  'contacts.list': [],
  'blocks.list': [],
  'devices.list': [],
  'privacy.get': [],
  'notifications.get': [],
};

/** What any request may meet, whatever it asks. */
const always = ['rate_limited', 'draining', 'overloaded', 'unavailable', 'internal'] as const;
const bearer = ['unauthenticated', 'token_expired', 'device_revoked'] as const;
/** What a bot may meet beside, whose token is a bearer token too. */
const bot = ['scope_missing', 'bot_paused', 'forbidden'] as const;
const withBody = ['bad_json', 'bad_request', 'too_large', 'too_deep'] as const;

/** Every code that a route may answer with, each once. */
export function codesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(always);
  if (route.auth === 'bearer') for (const code of [...bearer, ...bot]) codes.add(code);
  if (route.params !== null || route.command !== null) codes.add('bad_request');
  if (route.method !== 'GET') for (const code of withBody) codes.add(code);
  for (const code of route.codes) codes.add(code);
  for (const type of [route.command?.type, route.command?.forMe]) {
    if (!type) continue;
    for (const code of commandCodes[type]) codes.add(code);
    if (isChange(type)) codes.add('storage_full');
  }
  return [...codes];
}
