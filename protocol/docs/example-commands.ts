import { type CommandOf, type CommandType, commands, VERSION } from '../commands.ts';
import { alice, aliceAndBob, alicesPhone, boats, bob, cleo, commandId, noon } from './example-ids.ts';

type Fields<T extends CommandType> = Omit<CommandOf<T>, 'v' | 'id' | 'type'>;

/** One example a command, without what every command has. */
const fields: { [T in CommandType]: Fields<T> } = {
  'message.send': { to: { user: bob }, content: { type: 'text', text: 'Dinner at eight?' } },
  'message.edit': {
    conversation: aliceAndBob,
    seq: 1,
    content: { type: 'text', text: 'Dinner at nine?' },
  },
  'message.delete': { conversation: aliceAndBob, seq: 1 },
  'message.react': { conversation: aliceAndBob, seq: 1, emoji: '🍝' },
  'message.hide': { conversation: aliceAndBob, seq: 1 },
  'group.create': { name: 'Boats', members: [bob], history: 'joined' },
  'group.add': { conversation: boats, users: [cleo] },
  'group.remove': { conversation: boats, users: [cleo] },
  'group.leave': { conversation: boats },
  'group.update': { conversation: boats, name: 'Boats and oars' },
  'group.role': { conversation: boats, user: bob, role: 'admin' },
  'conversation.timer': { conversation: boats, seconds: 86_400 },
  'profile.update': { name: 'Alice Doe', status: 'On the water' },
  'privacy.update': { last_seen: 'contacts', presence: 'everyone' },
  'preferences.update': { conversation: boats, muted_until: noon + 28_800_000, pinned: true },
  'notifications.update': { show: 'sender', quiet: { from: '22:00', to: '07:00', zone: 'Europe/Berlin' } },
  'report.send': { user: cleo, conversation: boats, messages: [7], reason: 'spam' },
  'contact.add': { user: bob, name: 'Bob from the club' },
  'contact.remove': { user: bob },
  'block.add': { user: cleo },
  'block.remove': { user: cleo },
  'device.rename': { device: alicesPhone, name: 'Phone' },
  'device.revoke': { device: alicesPhone },
  'receipt.read': { conversation: aliceAndBob, seq: 1 },
  'conversations.list': { limit: 20 },
  'conversation.get': { conversation: boats },
  'members.list': { conversation: boats },
  'messages.list': { conversation: aliceAndBob, before: 200, limit: 50 },
  'messages.search': { query: 'dinner' },
  'message.status': { message: commandId(1) },
  'receipts.get': { conversation: boats },
  'profile.get': { user: alice },
  'user.find': { username: 'bob' },
  'contacts.list': {},
  'blocks.list': {},
  'devices.list': {},
  'privacy.get': {},
  'notifications.get': {},
};

/** Whole commands, by type. */
export const commandExamples = Object.fromEntries(
  (Object.keys(commands) as CommandType[]).map((type, i) => [
    type,
    { v: VERSION, id: type === 'group.create' ? boats : commandId(i + 1), type, ...fields[type] },
  ]),
) as unknown as { [T in CommandType]: CommandOf<T> };
