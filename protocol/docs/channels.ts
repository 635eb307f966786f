import { changes, commands, queries } from '../commands.ts';
import { accountEvents, conversationEvents } from '../events.ts';
import { topics } from '../topics.ts';

/** A topic of the contract; `messages` are names in the document. */
interface Channel {
  address: string;
  title: string;
  description: string;
  messages: string[];
}

const conversation = Object.keys(conversationEvents);
const account = Object.keys(accountEvents);

export const channels: Record<string, Channel> = {
  outbox: {
    address: topics.outbox('{user}'),
    title: 'Commands',
    description:
      'Everything that a device asks or changes. PUBACK means: durable. Only devices of the user publish here; nobody subscribes.',
    messages: Object.keys(commands),
  },
  inbox: {
    address: topics.inbox('{user}'),
    title: 'Everything for the user',
    description:
      'The events of all conversations of the user and of the user’s own account, on each of the user’s devices, in order per stream; and receipts. ' +
      'Subscribe at QoS 1 with a persistent session: nothing is lost however long the device is away. An event may come again (DUP) until it is acknowledged: its `conversation` and `seq` tell.',
    messages: [...conversation, ...account, 'receipts'],
  },
  deviceInbox: {
    address: topics.deviceInbox('{user}', '{device}'),
    title: 'Answers for one device',
    description:
      'Results of queries, refusals at once (`refused`), and refusals of commands that had been acknowledged (`refused.event`, kept until the device has it).',
    messages: ['result', 'refused', 'refused.event'],
  },
  presence: {
    address: topics.presence('{user}'),
    title: 'Who is there',
    description: 'Retained. For contacts and members of common conversations, as the user allows.',
    messages: ['presence'],
  },
  events: {
    address: topics.events('{conversation}'),
    title: 'The events of one conversation',
    description:
      'The same stream as in the inboxes, for clients that are not subscribed to an inbox. `+` as the conversation: all that the user is in.',
    messages: conversation,
  },
  typing: {
    address: topics.typing('{conversation}'),
    title: 'Who is typing',
    description:
      'Members publish, members get it, with the user filled in by the server. Not kept. `+` as the conversation when subscribing.',
    messages: ['typing'],
  },
};

interface Operation {
  action: 'send' | 'receive';
  channel: string;
  summary: string;
  messages: string[];
  qos: 0 | 1;
  retain: boolean;
  /** Where what it asks for is answered. */
  reply?: { channel: string; messages: string[] };
}

/** From the device’s view: it sends to the outbox, it receives from the inboxes. */
export const operations: Record<string, Operation> = {
  change: {
    action: 'send',
    channel: 'outbox',
    summary: 'Changes something. Answered by the one event that carries its id, or refused.',
    messages: [...Object.keys(changes), 'receipt.read'],
    qos: 1,
    retain: false,
  },
  ask: {
    action: 'send',
    channel: 'outbox',
    summary: 'Asks something. Answered by `result` or `refused` with its id as `command`.',
    messages: Object.keys(queries),
    qos: 1,
    retain: false,
    reply: { channel: 'deviceInbox', messages: ['result', 'refused'] },
  },
  tellTyping: {
    action: 'send',
    channel: 'typing',
    summary: 'Says that one is typing, or not any more.',
    messages: ['typing'],
    qos: 0,
    retain: false,
  },
  receive: {
    action: 'receive',
    channel: 'inbox',
    summary: 'Gets everything for the user. PUBACK of a message is what its sender sees as delivered.',
    messages: channels.inbox!.messages,
    qos: 1,
    retain: false,
  },
  receiveAnswers: {
    action: 'receive',
    channel: 'deviceInbox',
    summary: 'Gets answers and refusals.',
    messages: channels.deviceInbox!.messages,
    qos: 1,
    retain: false,
  },
  receiveEvents: {
    action: 'receive',
    channel: 'events',
    summary: 'Gets the events of one conversation.',
    messages: conversation,
    qos: 1,
    retain: false,
  },
  seePresence: {
    action: 'receive',
    channel: 'presence',
    summary: 'Sees whether a user is online.',
    messages: ['presence'],
    qos: 0,
    retain: true,
  },
  seeTyping: {
    action: 'receive',
    channel: 'typing',
    summary: 'Sees who is typing.',
    messages: ['typing'],
    qos: 0,
    retain: false,
  },
};
