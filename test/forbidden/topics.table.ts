import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import type { Codes, Stage } from './stage.ts';

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
