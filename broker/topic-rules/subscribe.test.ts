import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { defaultConfig } from '../../platform/config/schema.ts';
import { topics } from '../../protocol/topics.ts';
import { actor } from '../fixtures/connection.ts';
import { OpenRules } from '../open/rules.ts';
import { maySubscribe } from './subscribe.ts';

const alice = actor();
const [bob, stranger] = [uuidv7(), uuidv7()];
const [ours, theirs, uncached] = [uuidv7(), uuidv7(), uuidv7()];
const rules = {
  memberships: {
    role: (user: string, conversation: string) => {
      const role = user === alice.user && conversation !== theirs ? ('member' as const) : null;
      return conversation === uncached ? Promise.resolve(role) : role;
    },
  },
  visibility: {
    mayObserve: async (viewer: string, user: string) => {
      assert.equal(viewer, alice.user);
      return { presence: user === bob, lastSeen: true };
    },
  },
  open: new OpenRules({
    ...defaultConfig().open,
    enabled: true,
    rules: [{ users: 'all', allow: 'subscribe', topic: 'weather/#' }],
  }),
};

const allowed = [
  topics.inbox(alice.user),
  topics.deviceInbox(alice.user, alice.device),
  topics.presence(alice.user),
  topics.presence(bob),
  topics.events(ours),
  topics.events(uncached),
  topics.typing(ours),
  topics.events('+'),
  topics.typing('+'),
  'open/weather/#',
  'open/weather/today',
];

const denied = [
  topics.outbox(alice.user),
  topics.inbox(bob),
  topics.outbox(bob),
  topics.deviceInbox(bob, alice.device),
  topics.deviceInbox(alice.user, uuidv7()),
  topics.presence(stranger),
  topics.events(theirs),
  topics.typing(theirs),
  topics.presence('+'),
  topics.inbox('+'),
  `users/${alice.user}/#`,
  `users/${alice.user}/devices/+/inbox`,
  'conversations/#',
  'conversations/+/+',
  '#',
  '+/+/+',
  '$SYS/#',
  `$share/x/${topics.inbox(alice.user)}`,
  'open/#',
  'open',
  'weather/today',
  '__proto__',
  'users/__proto__/inbox',
  `${topics.inbox(alice.user)}/`,
  `/${topics.inbox(alice.user)}`,
  topics.inbox(alice.user.toUpperCase()),
  '',
];

describe('who may subscribe to what', () => {
  for (const filter of allowed)
    it(`allows ${filter}`, async () => {
      assert.equal(await maySubscribe(alice, filter, rules), true);
    });
  for (const filter of denied)
    it(`denies ${filter || 'nothing'}`, async () => {
      assert.equal(await maySubscribe(alice, filter, rules), false);
    });
});
