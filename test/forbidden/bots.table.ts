import { topics } from '../../protocol/topics.ts';
import type { groupsAndPeople } from './groups.table.ts';
import { type Stage, text } from './stage.ts';

/** Bots: what their scopes do not allow, what no bot may, and what others may not do with them. */
export const bots: typeof groupsAndPeople = [
  [
    'write without a scope',
    'mute',
    'message.send',
    (s) => ({ to: { conversation: s.group }, content: text('x') }),
    'scope_missing',
  ],
  ['read without a scope', 'mute', 'messages.list', (s) => ({ conversation: s.group }), 'scope_missing'],
  ['list without a scope', 'mute', 'conversations.list', () => ({}), 'scope_missing'],
  ['search without a scope', 'mute', 'messages.search', () => ({ query: 'mine' }), 'scope_missing'],
  [
    'say that one has read, without a scope',
    'mute',
    'receipt.read',
    (s) => ({ conversation: s.group, seq: 1 }),
    'scope_missing',
  ],
  [
    'react without a scope',
    'mute',
    'message.react',
    (s) => ({ conversation: s.group, seq: s.byAlice, emoji: '👀' }),
    'scope_missing',
  ],
  ['make a group without a scope', 'mute', 'group.create', () => ({ name: 'x' }), 'scope_missing'],
  ['change the profile without a scope', 'mute', 'profile.update', () => ({ name: 'x' }), 'scope_missing'],
  ['block without a scope', 'mute', 'block.add', (s) => ({ user: s.bob.account.user }), 'scope_missing'],
  ['look for people without a scope', 'mute', 'user.find', () => ({ username: 'alice' }), 'scope_missing'],
  [
    'write to a group of others as a bot',
    'keen',
    'message.send',
    (s) => ({ to: { conversation: s.group }, content: text('x') }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'sign a device out as a bot',
    'keen',
    'device.revoke',
    (s) => ({ device: s.keen.account.device }),
    'forbidden',
  ],
  [
    'rename a device as a bot',
    'keen',
    'device.rename',
    (s) => ({ device: s.keen.account.device, name: 'x' }),
    'forbidden',
  ],
  ['list devices as a bot', 'keen', 'devices.list', () => ({}), 'forbidden'],
  ['give oneself scopes', 'mute', 'bot.update', () => ({ scopes: ['messages.read'] }), 'unknown_type'],
  [
    'add a bot that is not for groups',
    'alice',
    'group.add',
    (s) => ({ conversation: s.group, users: [s.shy.user] }),
    'bot_not_for_groups',
  ],
  [
    'make a group with a bot that is not for groups',
    'alice',
    'group.create',
    (s) => ({ name: 'x', members: [s.shy.user] }),
    'bot_not_for_groups',
  ],
  [
    'send buttons that are none',
    'alice',
    'message.send',
    (s) => ({
      to: { conversation: s.group },
      content: { type: 'buttons', text: 'x', rows: [[{ label: 'x' }]] },
    }),
    'bad_request',
  ],
];

/** Topic filters that need a scope, as the bot that has none. */
export const botFilters: [string, (s: Stage) => string][] = [
  ['its own inbox', (s) => topics.inbox(s.mute.account.user)],
  ['the group that it is in', (s) => topics.events(s.group)],
  ['all that it is in', () => topics.events('+')],
  ['typing of the group', (s) => topics.typing(s.group)],
  ['its own presence', (s) => topics.presence(s.mute.account.user)],
];
