/**
 * What must not be done, over MQTT and over HTTP: who tries what, and the codes that may answer it. `forbidden.test.ts` tries all of it.
 */
import { uuidv7 } from 'uuidv7';
import type { ErrorCode } from '../protocol/errors.ts';
import { topics } from '../protocol/topics.ts';
import type { Device } from './harness/device.ts';
import type { Server } from './harness/server.ts';

export interface Stage {
  server: Server;
  alice: Device;
  bob: Device;
  /** A plain member of the group. */
  carl: Device;
  /** In no conversation with anybody. */
  mallory: Device;
  /** Blocked by alice. */
  dave: Device;
  /** alice (owner), bob (admin), carl. */
  group: string;
  /** alice and bob. */
  direct: string;
  /** Sequence numbers in `group`: of alice, of carl, and one that carl deleted. */
  byAlice: number;
  byCarl: number;
  deleted: number;
}

const nobody = '01890000-0000-7000-8000-00000000dead';
export const text = (value: string) => ({ type: 'text', text: value });
type Who = 'alice' | 'bob' | 'carl' | 'mallory' | 'dave';
export type Codes = ErrorCode | ErrorCode[];

/** Commands over MQTT: who, type, fields, codes. */
export const commands: [string, Who, string, (s: Stage) => object, Codes][] = [
  [
    'write to a group of others',
    'mallory',
    'message.send',
    (s) => ({ to: { conversation: s.group }, content: text('x') }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'write to a conversation of two others',
    'mallory',
    'message.send',
    (s) => ({ to: { conversation: s.direct }, content: text('x') }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'write to a conversation that is not there',
    'alice',
    'message.send',
    () => ({ to: { conversation: nobody }, content: text('x') }),
    ['conversation_not_found', 'not_a_member'],
  ],
  [
    'write to a user who is not there',
    'alice',
    'message.send',
    () => ({ to: { user: nobody }, content: text('x') }),
    'user_not_found',
  ],
  [
    'write to someone who blocked me',
    'dave',
    'message.send',
    (s) => ({ to: { user: s.alice.account.user }, content: text('x') }),
    'blocked',
  ],
  [
    'write to someone I blocked',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.dave.account.user }, content: text('x') }),
    'blocked',
  ],
  [
    'send more than 64 KiB',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: text('x'.repeat(65_537)) }),
    ['too_large', 'bad_request'],
  ],
  [
    'send more than 64 KiB of typed JSON',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: { type: 'blob', data: 'x'.repeat(65_537) } }),
    'too_large',
  ],
  [
    'send empty text',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: text('') }),
    'bad_request',
  ],
  [
    'send content without a type',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: {} }),
    'bad_request',
  ],
  [
    'send to a user and a conversation at once',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user, conversation: s.group }, content: text('x') }),
    'bad_request',
  ],
  ['send to nobody', 'alice', 'message.send', () => ({ to: {}, content: text('x') }), 'bad_request'],
  [
    'send a field that is not in the contract',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: text('x'), from: s.bob.account.user }),
    'bad_request',
  ],
  [
    'send with a time to live of nothing',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: text('x'), ttl: 0 }),
    'bad_request',
  ],
  [
    'send what is nested too deeply',
    'alice',
    'message.send',
    (s) => ({ to: { user: s.bob.account.user }, content: { type: 'deep', data: nested(40) } }),
    'too_deep',
  ],
  [
    'mention more people than allowed',
    'alice',
    'message.send',
    (s) => ({
      to: { conversation: s.group },
      content: text('x'),
      mentions: Array.from({ length: 101 }, () => uuidv7()),
    }),
    'bad_request',
  ],
  ['use a command that is not there', 'alice', 'message.sned', () => ({}), 'unknown_type'],
  ['use a name of Object as a command', 'alice', 'constructor', () => ({}), 'unknown_type'],
  [
    'speak another version',
    'alice',
    'message.send',
    (s) => ({ v: 2, to: { user: s.bob.account.user }, content: text('x') }),
    'unsupported_version',
  ],
  [
    'edit the message of another',
    'carl',
    'message.edit',
    (s) => ({ conversation: s.group, seq: s.byAlice, content: text('x') }),
    'not_the_sender',
  ],
  [
    'edit the message of another as administrator',
    'bob',
    'message.edit',
    (s) => ({ conversation: s.group, seq: s.byCarl, content: text('x') }),
    'not_the_sender',
  ],
  [
    'edit a message that is not there',
    'alice',
    'message.edit',
    (s) => ({ conversation: s.group, seq: 9_999, content: text('x') }),
    'message_not_found',
  ],
  [
    'edit what was deleted',
    'carl',
    'message.edit',
    (s) => ({ conversation: s.group, seq: s.deleted, content: text('x') }),
    'message_deleted',
  ],
  [
    'edit an event that is no message',
    'alice',
    'message.edit',
    (s) => ({ conversation: s.group, seq: 1, content: text('x') }),
    ['message_not_found', 'not_the_sender'],
  ],
  [
    'edit in a group of others',
    'mallory',
    'message.edit',
    (s) => ({ conversation: s.group, seq: s.byAlice, content: text('x') }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'delete the message of another',
    'carl',
    'message.delete',
    (s) => ({ conversation: s.group, seq: s.byAlice }),
    'not_the_sender',
  ],
  [
    'delete the message of the other of two',
    'bob',
    'message.delete',
    (s) => ({ conversation: s.direct, seq: 1 }),
    'not_the_sender',
  ],
  [
    'delete in a group of others',
    'mallory',
    'message.delete',
    (s) => ({ conversation: s.group, seq: s.byAlice }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'react in a group of others',
    'mallory',
    'message.react',
    (s) => ({ conversation: s.group, seq: s.byAlice, emoji: '👀' }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'react to what is not there',
    'carl',
    'message.react',
    (s) => ({ conversation: s.group, seq: 9_999, emoji: '👀' }),
    'message_not_found',
  ],
  [
    'react to what was deleted',
    'bob',
    'message.react',
    (s) => ({ conversation: s.group, seq: s.deleted, emoji: '👀' }),
    'message_deleted',
  ],
  [
    'hide in a group of others',
    'mallory',
    'message.hide',
    (s) => ({ conversation: s.group, seq: s.byAlice }),
    ['not_a_member', 'conversation_not_found', 'message_not_found'],
  ],
  [
    'add members as a plain member',
    'carl',
    'group.add',
    (s) => ({ conversation: s.group, users: [s.mallory.account.user] }),
    'not_an_admin',
  ],
  [
    'add oneself to a group of others',
    'mallory',
    'group.add',
    (s) => ({ conversation: s.group, users: [s.mallory.account.user] }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'add a user who is not there',
    'alice',
    'group.add',
    (s) => ({ conversation: s.group, users: [nobody] }),
    'user_not_found',
  ],
  [
    'add someone one has blocked',
    'alice',
    'group.add',
    (s) => ({ conversation: s.group, users: [s.dave.account.user] }),
    'blocked',
  ],
  [
    'add who is in it',
    'alice',
    'group.add',
    (s) => ({ conversation: s.group, users: [s.carl.account.user] }),
    'already_a_member',
  ],
  [
    'remove as a plain member',
    'carl',
    'group.remove',
    (s) => ({ conversation: s.group, users: [s.bob.account.user] }),
    'not_an_admin',
  ],
  [
    'remove the owner as administrator',
    'bob',
    'group.remove',
    (s) => ({ conversation: s.group, users: [s.alice.account.user] }),
    ['not_an_owner', 'forbidden'],
  ],
  [
    'remove from a group of others',
    'mallory',
    'group.remove',
    (s) => ({ conversation: s.group, users: [s.carl.account.user] }),
    ['not_a_member', 'conversation_not_found'],
  ],
  ['leave as the last owner', 'alice', 'group.leave', (s) => ({ conversation: s.group }), 'last_owner'],
  [
    'leave where one is not',
    'mallory',
    'group.leave',
    (s) => ({ conversation: s.group }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'rename as a plain member',
    'carl',
    'group.update',
    (s) => ({ conversation: s.group, name: 'mine' }),
    'not_an_admin',
  ],
  [
    'open the history to new members as a plain member',
    'carl',
    'group.update',
    (s) => ({ conversation: s.group, history: 'all' }),
    'not_an_admin',
  ],
  [
    'give roles as administrator',
    'bob',
    'group.role',
    (s) => ({ conversation: s.group, user: s.bob.account.user, role: 'owner' }),
    'not_an_owner',
  ],
  [
    'give a role to someone who is not in it',
    'alice',
    'group.role',
    (s) => ({ conversation: s.group, user: s.mallory.account.user, role: 'admin' }),
    ['not_a_member', 'user_not_found'],
  ],
  [
    'step down as the last owner',
    'alice',
    'group.role',
    (s) => ({ conversation: s.group, user: s.alice.account.user, role: 'member' }),
    'last_owner',
  ],
  [
    'treat two people as a group',
    'alice',
    'group.add',
    (s) => ({ conversation: s.direct, users: [s.carl.account.user] }),
    'not_a_group',
  ],
  ['leave a conversation of two', 'alice', 'group.leave', (s) => ({ conversation: s.direct }), 'not_a_group'],
  [
    'make a group with a user who is not there',
    'alice',
    'group.create',
    () => ({ name: 'x', members: [nobody] }),
    'user_not_found',
  ],
  ['make a group without a name', 'alice', 'group.create', () => ({ name: '' }), 'bad_request'],
  [
    'set the timer as a plain member',
    'carl',
    'conversation.timer',
    (s) => ({ conversation: s.group, seconds: 60 }),
    'not_an_admin',
  ],
  [
    'set the timer of others',
    'mallory',
    'conversation.timer',
    (s) => ({ conversation: s.direct, seconds: 60 }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'revoke the device of another',
    'mallory',
    'device.revoke',
    (s) => ({ device: s.alice.account.device }),
    'not_found',
  ],
  [
    'rename the device of another',
    'mallory',
    'device.rename',
    (s) => ({ device: s.alice.account.device, name: 'x' }),
    'not_found',
  ],
  ['block a user who is not there', 'alice', 'block.add', () => ({ user: nobody }), 'user_not_found'],
  ['add a contact who is not there', 'alice', 'contact.add', () => ({ user: nobody }), 'user_not_found'],
  [
    'set a photo that is a script',
    'alice',
    'profile.update',
    () => ({ photo: 'javascript:alert(1)' }),
    'bad_request',
  ],
  [
    'read ahead of the head',
    'alice',
    'receipt.read',
    (s) => ({ conversation: s.direct, seq: 9_999 }),
    ['message_not_found', 'bad_request'],
  ],
  [
    'say that one read what others write',
    'mallory',
    'receipt.read',
    (s) => ({ conversation: s.direct, seq: 1 }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'look at a conversation of others',
    'mallory',
    'conversation.get',
    (s) => ({ conversation: s.direct }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'read the messages of others',
    'mallory',
    'messages.list',
    (s) => ({ conversation: s.group }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'list the members of a group of others',
    'mallory',
    'members.list',
    (s) => ({ conversation: s.group }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'see the receipts of others',
    'mallory',
    'receipts.get',
    (s) => ({ conversation: s.direct }),
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'search in a conversation of others',
    'mallory',
    'messages.search',
    (s) => ({ query: 'secret', conversation: s.direct }),
    ['not_a_member', 'conversation_not_found'],
  ],
  ['ask for the profile of nobody', 'alice', 'profile.get', () => ({ user: nobody }), 'user_not_found'],
  [
    'ask with a cursor of one’s own making',
    'alice',
    'conversations.list',
    () => ({ cursor: 'AAAA' }),
    'bad_cursor',
  ],
];

/** Payloads that are no command at all. */
export const payloads: [string, Buffer, Codes][] = [
  ['nothing', Buffer.alloc(0), 'bad_json'],
  ['no JSON', Buffer.from('hello'), 'bad_json'],
  ['half of a JSON', Buffer.from('{"v":1,"id":'), 'bad_json'],
  ['a list', Buffer.from('[1,2,3]'), 'bad_json'],
  ['a number', Buffer.from('1e999'), 'bad_json'],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'bad_json'],
  [
    'an id that is no UUIDv7',
    Buffer.from(JSON.stringify({ v: 1, id: '6b1f2d3c-5a4e-4f6a-8b7c-9d0e1f2a3b4c', type: 'contacts.list' })),
    'bad_request',
  ],
  ['no id', Buffer.from(JSON.stringify({ v: 1, type: 'contacts.list' })), 'bad_request'],
  [
    'a prototype',
    Buffer.from(`{"v":1,"id":"${uuidv7()}","type":"contacts.list","__proto__":{"admin":true}}`),
    'bad_request',
  ],
];

/** Topic filters, as mallory. */
export const filters: [string, (s: Stage) => string][] = [
  ['the inbox of another', (s) => topics.inbox(s.alice.account.user)],
  ['the outbox of another', (s) => topics.outbox(s.alice.account.user)],
  ['the own outbox', (s) => topics.outbox(s.mallory.account.user)],
  ['the device of another', (s) => topics.deviceInbox(s.alice.account.user, s.alice.account.device)],
  ['another device of the own', (s) => topics.deviceInbox(s.mallory.account.user, s.alice.account.device)],
  ['everything', () => '#'],
  ['all users', () => 'users/#'],
  ['all inboxes', () => 'users/+/inbox'],
  ['anything of an inbox', () => '+/+/inbox'],
  ['everything of the own', (s) => `users/${s.mallory.account.user}/#`],
  ['all presence', () => 'users/+/presence'],
  ['the presence of a stranger', (s) => topics.presence(s.alice.account.user)],
  ['a group of others', (s) => topics.events(s.group)],
  ['typing of others', (s) => topics.typing(s.direct)],
  ['all of conversations', () => 'conversations/#'],
  ['one level of everything', () => '+/+/+'],
  ['the broker’s own', () => '$SYS/#'],
  ['a shared subscription', (s) => `$share/x/${topics.inbox(s.alice.account.user)}`],
  ['plain MQTT that is switched off', () => 'open/weather'],
  ['an unknown topic', () => 'weather/today'],
];

/** Topics to publish to, as mallory. */
export const publishes: [string, (s: Stage) => string, Codes][] = [
  ['the outbox of another', (s) => topics.outbox(s.alice.account.user), 'topic_forbidden'],
  ['the inbox of another', (s) => topics.inbox(s.alice.account.user), 'topic_forbidden'],
  ['the own inbox', (s) => topics.inbox(s.mallory.account.user), 'topic_forbidden'],
  [
    'the device of another',
    (s) => topics.deviceInbox(s.alice.account.user, s.alice.account.device),
    'topic_forbidden',
  ],
  ['the own presence', (s) => topics.presence(s.mallory.account.user), 'topic_forbidden'],
  ['the presence of another', (s) => topics.presence(s.alice.account.user), 'topic_forbidden'],
  ['the events of a group', (s) => topics.events(s.group), 'topic_forbidden'],
  ['typing of others', (s) => topics.typing(s.direct), ['topic_forbidden', 'not_a_member']],
  ['the broker’s own', () => '$SYS/x/new/clients', 'topic_forbidden'],
  ['plain MQTT that is switched off', () => 'open/weather', 'topic_forbidden'],
];

/** Requests over HTTP: who (null: no token), method, path, body, status, code. */
export const requests: [
  string,
  Who | null,
  string,
  (s: Stage) => string,
  ((s: Stage) => unknown) | null,
  number,
  Codes,
][] = [
  ['list without a token', null, 'GET', () => '/conversations', null, 401, 'unauthenticated'],
  [
    'send without a token',
    null,
    'POST',
    () => '/messages/send',
    (s) => ({ to: { user: s.bob.account.user }, content: text('x') }),
    401,
    'unauthenticated',
  ],
  [
    'send to a group of others',
    'mallory',
    'POST',
    () => '/messages/send',
    (s) => ({ to: { conversation: s.group }, content: text('x') }),
    403,
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'read the messages of others',
    'mallory',
    'GET',
    (s) => `/messages/${s.group}`,
    null,
    403,
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'read messages of an id that is none',
    'alice',
    'GET',
    () => '/messages/not-an-id',
    null,
    400,
    'bad_request',
  ],
  [
    'see the status of a message of another',
    'mallory',
    'GET',
    (s) => `/messages/${s.alice.inbox.find((p) => p.type === 'message').id}/status`,
    null,
    404,
    'not_found',
  ],
  [
    'add to a group of others',
    'mallory',
    'POST',
    (s) => `/groups/${s.group}/add`,
    (s) => ({ users: [s.mallory.account.user] }),
    403,
    ['not_a_member', 'conversation_not_found'],
  ],
  [
    'remove as a plain member',
    'carl',
    'POST',
    (s) => `/groups/${s.group}/remove`,
    (s) => ({ users: [s.bob.account.user] }),
    403,
    'not_an_admin',
  ],
  [
    'revoke the device of another',
    'mallory',
    'DELETE',
    (s) => `/devices/${s.alice.account.device}`,
    null,
    404,
    'not_found',
  ],
  [
    'invite without being administrator',
    'mallory',
    'POST',
    () => '/invitations',
    () => ({}),
    403,
    'forbidden',
  ],
  ['ask for a path that is not there', 'alice', 'GET', () => '/nothing/here', null, 404, 'not_found'],
  [
    'send what is not in the contract',
    'alice',
    'POST',
    () => '/messages/send',
    () => ({ nonsense: true }),
    400,
    'bad_request',
  ],
  [
    'register a name that is taken',
    null,
    'POST',
    () => '/register',
    (s) => ({ username: s.alice.account.username, password: 'a long enough one' }),
    409,
    'username_taken',
  ],
  [
    'register with a weak password',
    null,
    'POST',
    () => '/register',
    () => ({ username: 'weakling', password: '12345678' }),
    400,
    'weak_password',
  ],
  [
    'register a name with a slash',
    null,
    'POST',
    () => '/register',
    () => ({ username: 'a/b', password: 'a long enough one' }),
    400,
    'bad_request',
  ],
  [
    'log in with a wrong password',
    null,
    'POST',
    () => '/login',
    (s) => ({ username: s.carl.account.username, password: 'not the password' }),
    401,
    'bad_credentials',
  ],
  [
    'log in as nobody',
    null,
    'POST',
    () => '/login',
    () => ({ username: 'nobody-at-all', password: 'not the password' }),
    401,
    'bad_credentials',
  ],
  [
    'refresh with a token of one’s own making',
    null,
    'POST',
    () => '/token/refresh',
    () => ({ refresh_token: 'x'.repeat(43) }),
    401,
    ['unauthenticated', 'token_expired', 'bad_credentials'],
  ],
];

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}
