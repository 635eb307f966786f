import type { Static } from 'typebox';
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
  'conversations.list': Static<typeof ConversationList>;
  'conversation.get': Static<typeof Conversation>;
  'members.list': Static<typeof MemberList>;
  'messages.list': Page;
  'messages.search': { events: EventOf<'message'>[]; next: string | null };
  'message.status': Static<typeof MessageStatus>;
  'receipts.get': Static<typeof ReceiptList>;
  'profile.get': Static<typeof Profile>;
  'user.find': Static<typeof Profile>;
  'contacts.list': Static<typeof ContactList>;
  'blocks.list': Static<typeof BlockList>;
  'devices.list': Static<typeof DeviceList>;
  'privacy.get': Static<typeof Privacy>;
}

export type AnswerOf<T extends QueryType> = Answers[T];
/** A conversation as `conversations.list` has it. */
export type ListedConversation = Answers['conversations.list']['conversations'][number];
