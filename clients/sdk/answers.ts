import type { QueryType } from '../../protocol/commands.ts';
import type { ConversationEventType, EventOf } from '../../protocol/events.ts';
import type {
  BlockList,
  ContactList,
  Conversation,
  ConversationList,
  DeviceList,
  MemberList,
  MessageStatus,
  Notifications,
  Privacy,
  Profile,
  ReceiptList,
} from '../../protocol/http/answers.ts';

/** Any event of a conversation. */
export type ConversationEvent = { [T in ConversationEventType]: EventOf<T> }[ConversationEventType];

/** A page of a conversation's stream, ascending. `first` and `last` are what to go on from. */
export interface Page {
  conversation: string;
  first: number;
  last: number;
  more: boolean;
  events: ConversationEvent[];
}

/** What each query is answered with. */
export interface Answers {
  'conversations.list': ConversationList;
  'conversation.get': Conversation;
  'members.list': MemberList;
  'messages.list': Page;
  'messages.search': { events: EventOf<'message'>[]; next: string | null };
  'message.status': MessageStatus;
  'receipts.get': ReceiptList;
  'profile.get': Profile;
  'user.find': Profile;
  'contacts.list': ContactList;
  'blocks.list': BlockList;
  'devices.list': DeviceList;
  'privacy.get': Privacy;
  'notifications.get': Notifications;
}

export type AnswerOf<T extends QueryType> = Answers[T];
/** A conversation as `conversations.list` has it. */
export type ListedConversation = Answers['conversations.list']['conversations'][number];
