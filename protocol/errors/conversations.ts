import type { ErrorTable } from './entry.ts';

/** Conversations. */
export const conversationErrors = {
  user_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such user.',
    next: 'Check the user id.',
  },
  conversation_not_found: {
    status: 404,
    retry: false,
    message: 'There is no such conversation, or you are not in it.',
    next: 'Check the conversation id.',
  },
  conversation_exists: {
    status: 409,
    retry: false,
    message: 'A conversation with this id exists.',
    next: 'Choose a new command id.',
  },
  not_a_member: {
    status: 403,
    retry: false,
    message: 'You are not a member of this conversation.',
    next: 'Ask to be added.',
  },
  not_a_group: {
    status: 409,
    retry: false,
    message: 'This can only be done in a group.',
    next: 'Create a group.',
  },
  not_an_admin: {
    status: 403,
    retry: false,
    message: 'Only an owner or administrator of the group may do this.',
    next: 'Ask one of them.',
  },
  not_an_owner: {
    status: 403,
    retry: false,
    message: 'Only an owner of the group may do this.',
    next: 'Ask an owner.',
  },
  last_owner: {
    status: 409,
    retry: false,
    message: 'The last owner cannot leave or step down.',
    next: 'Make another member owner first.',
  },
  already_a_member: {
    status: 409,
    retry: false,
    message: 'They are all members already.',
    next: 'Nothing needs doing.',
  },
  bot_not_for_groups: {
    status: 403,
    retry: false,
    message: 'This bot is not to be added to groups.',
    next: 'Leave it out, or ask its owner.',
  },
  group_full: {
    status: 409,
    retry: false,
    message: 'The group has the most members allowed.',
    next: 'Remove someone, or make a second group.',
  },
  too_many_groups: {
    status: 409,
    retry: false,
    message: 'You are in the most groups allowed.',
    next: 'Leave one you no longer use.',
  },
  blocked: {
    status: 403,
    retry: false,
    message: 'One of you has blocked the other.',
    next: 'Unblock them if the block is yours.',
  },
} as const satisfies ErrorTable;
