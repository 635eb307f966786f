import { VERSION } from '../commands.ts';
import { refusal } from '../errors.ts';
import {
  accountEvents,
  deviceEvents,
  type EventOf,
  type EventType,
  events,
  type PresencePayload,
  type TypingPayload,
} from '../events.ts';
import {
  alice,
  aliceAndBob,
  alicesPhone,
  alicesWebhook,
  boats,
  bob,
  cleo,
  commandId,
  noon,
} from './example-ids.ts';

type Common = 'v' | 'seq' | 'type' | 'conversation' | 'id' | 'sender' | 'time';
type Fields<T extends EventType> = Omit<EventOf<T>, Common>;

/** One example an event, without what every event has. */
const fields: { [T in EventType]: Fields<T> } = {
  message: { kind: 'direct', content: { type: 'text', text: 'Dinner at eight?' }, peer: bob },
  'message.edited': { target: 1, content: { type: 'text', text: 'Dinner at nine?' } },
  'message.deleted': { target: 1 },
  'message.reaction': { target: 1, emoji: '🍝' },
  'group.created': {
    name: 'Boats',
    history: 'joined',
    members: [
      { user: alice, role: 'owner' },
      { user: bob, role: 'member' },
    ],
  },
  'members.added': { members: [{ user: cleo, role: 'member' }] },
  'members.removed': { users: [cleo] },
  'member.role': { user: bob, role: 'admin' },
  'group.updated': { name: 'Boats and oars' },
  'timer.changed': { seconds: 86_400 },
  'message.hidden': { target: { conversation: aliceAndBob, seq: 1 } },
  'profile.updated': { name: 'Alice Doe', status: 'On the water' },
  'privacy.updated': { last_seen: 'contacts', presence: 'everyone' },
  'preferences.updated': { target: boats, muted_until: noon + 28_800_000, pinned: true },
  'notifications.updated': { show: 'sender', quiet: { from: '22:00', to: '07:00', zone: 'Europe/Berlin' } },
  'report.sent': { user: cleo, target: boats, messages: [7], reason: 'spam' },
  'webhook.paused': { webhook: alicesWebhook, reason: 'failing', target: boats },
  'bot.updated': { scopes: ['messages.read', 'messages.send'], paused: false },
  'contact.added': { user: bob, name: 'Bob from the club' },
  'contact.removed': { user: bob },
  'block.added': { user: cleo },
  'block.removed': { user: cleo },
  'device.added': { device: alicesPhone, name: 'Phone' },
  'device.renamed': { device: alicesPhone, name: 'Phone' },
  'device.revoked': { device: alicesPhone },
  refused: { command: commandId(99), error: refusal('not_a_member') as never },
};

const inGroup = new Set<EventType>([
  'group.created',
  'members.added',
  'members.removed',
  'member.role',
  'group.updated',
  'timer.changed',
]);

function streamOf(type: EventType): string {
  if (Object.hasOwn(deviceEvents, type)) return alicesPhone;
  if (Object.hasOwn(accountEvents, type)) return alice;
  return inGroup.has(type) ? boats : aliceAndBob;
}

/** Whole events, by type. */
export const eventExamples = Object.fromEntries(
  (Object.keys(events) as EventType[]).map((type, i) => [
    type,
    {
      seq: i + 1,
      v: VERSION,
      type,
      conversation: streamOf(type),
      id: type === 'group.created' ? boats : commandId(i + 1),
      sender: { user: alice, device: alicesPhone },
      time: noon,
      ...fields[type],
    },
  ]),
) as unknown as { [T in EventType]: EventOf<T> };

export const noticeExamples = {
  receipts: {
    v: VERSION,
    type: 'receipts',
    conversation: aliceAndBob,
    receipts: [{ user: bob, delivered: 7, delivered_at: noon, read: 5, read_at: noon }],
  },
  result: { v: VERSION, type: 'result', command: commandId(33), result: { presence: 'everyone' } },
  refused: {
    v: VERSION,
    type: 'refused',
    command: commandId(1),
    error: refusal('rate_limited', undefined, 250),
  },
} as const;

export const presenceExample: PresencePayload = {
  v: VERSION,
  type: 'presence',
  user: bob,
  online: false,
  last_seen: noon,
};
/** As a member publishes it. */
export const typingExample: TypingPayload = { v: VERSION, type: 'typing', active: true };
/** As the other members get it. */
export const typingSeen: TypingPayload = {
  v: VERSION,
  type: 'typing',
  conversation: aliceAndBob,
  user: bob,
  active: true,
};
