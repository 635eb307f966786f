import type { CommandType } from './commands.ts';
import type { Scope } from './scopes.ts';
import { parseTopic } from './topics.ts';

/** What something needs of a bot: any one of these scopes. `none`: no scope. `never`: no bot may do it, whatever its scopes. */
export type Need = readonly Scope[] | 'none' | 'never';

const read = ['messages.read'] as const;
const send = ['messages.send'] as const;
const manage = ['messages.manage'] as const;
const groups = ['groups'] as const;
const profile = ['profile'] as const;
const contacts = ['contacts'] as const;
/** Whom one writes to, or is written to by. */
const people = ['messages.read', 'messages.send', 'contacts'] as const;

/** The table for commands, over MQTT and HTTP alike. What is not in it is for people: a new command is closed to bots until it is named here. */
const commandNeeds: Partial<Readonly<Record<CommandType, Need>>> = {
  'message.send': send,
  'message.edit': manage,
  'message.delete': manage,
  'message.react': manage,
  'message.hide': manage,
  'group.create': groups,
  'group.add': groups,
  'group.remove': groups,
  'group.leave': groups,
  'group.update': groups,
  'group.role': groups,
  'conversation.timer': groups,
  'profile.update': profile,
  'privacy.update': profile,
  'privacy.get': profile,
  'contact.add': contacts,
  'contact.remove': contacts,
  'contacts.list': contacts,
  'block.add': contacts,
  'block.remove': contacts,
  'blocks.list': contacts,
  'receipt.read': read,
  'conversations.list': read,
  'conversation.get': read,
  'members.list': read,
  'messages.list': read,
  'messages.search': read,
  // Of a message of one’s own.
  'message.status': ['messages.send', 'messages.read'],
  'receipts.get': read,
  'profile.get': people,
  'user.find': people,
};

export function needOfCommand(type: string): Need {
  return Object.hasOwn(commandNeeds, type) ? commandNeeds[type as CommandType]! : 'never';
}

/** Of a topic of the contract, or a filter of such, to publish to or to subscribe to. What is none of them needs `open`. */
export function needOfTopic(topic: string): Need {
  switch (parseTopic(topic)?.kind) {
    // Each command says what it needs; and what comes to the device is only what it asked for.
    case 'outbox':
    case 'deviceInbox':
      return 'none';
    case 'inbox':
    case 'events':
      return read;
    case 'typing':
      return ['typing'];
    case 'presence':
      return ['presence'];
    default:
      return ['open'];
  }
}
