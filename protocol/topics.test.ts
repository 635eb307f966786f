import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyUuid } from './samples.ts';
import { parseTopic, type Topic, topics } from './topics.ts';

const id = '01940000-0000-7000-8000-000000000001';

/** The topic name of a parsed topic. */
function build(topic: Topic): string {
  switch (topic.kind) {
    case 'deviceInbox':
      return topics.deviceInbox(topic.user, topic.device);
    case 'events':
    case 'typing':
      return topics[topic.kind](topic.conversation);
    default:
      return topics[topic.kind](topic.user);
  }
}

const anyTopic: fc.Arbitrary<Topic> = fc
  .oneof(
    fc.record({
      kind: fc.constantFrom('outbox' as const, 'inbox' as const, 'presence' as const),
      user: anyUuid,
    }),
    fc.record({ kind: fc.constant('deviceInbox' as const), user: anyUuid, device: anyUuid }),
    fc.record({ kind: fc.constantFrom('events' as const, 'typing' as const), conversation: anyUuid }),
  )
  .map((topic) => ({ ...topic }));

describe('parseTopic', () => {
  it('reads back what was built', () => {
    fc.assert(fc.property(anyTopic, (topic) => assert.deepEqual(parseTopic(build(topic)), topic)));
  });

  it('gives nothing that is not built again to the letter', () => {
    const part = fc.oneof(
      anyUuid,
      fc.constantFrom(
        'users',
        'conversations',
        'devices',
        'inbox',
        'outbox',
        'presence',
        'events',
        'typing',
        '+',
        '#',
        '',
        '$SYS',
        '$share',
        '__proto__',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const name = parts.join('/');
        const topic = parseTopic(name);
        if (topic !== null) assert.equal(build(topic), name);
      }),
      { numRuns: 5_000 },
    );
  });

  it('denies a name with one character changed, added or taken away, unless it is another id', () => {
    fc.assert(
      fc.property(anyTopic, fc.nat(), fc.string({ maxLength: 2 }), fc.nat(1), (topic, where, put, take) => {
        const name = build(topic);
        const at = where % (name.length + 1);
        const changed = name.slice(0, at) + put + name.slice(at + take);
        const parsed = parseTopic(changed);
        if (parsed !== null) assert.equal(build(parsed), changed);
        if (/[+#\0]/.test(changed)) assert.equal(parsed, null);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes + for the conversation of events and typing, and nowhere else', () => {
    assert.deepEqual(parseTopic('conversations/+/events'), { kind: 'events', conversation: '+' });
    assert.deepEqual(parseTopic('conversations/+/typing'), { kind: 'typing', conversation: '+' });
  });

  for (const name of [
    '',
    '/',
    '#',
    '+',
    'users',
    'users/#',
    'users/+/inbox',
    'users/+/presence',
    'users/+/devices/+/inbox',
    `users/${id}`,
    `users/${id}/`,
    `users/${id}/#`,
    `users/${id}/+`,
    `users/${id}/Inbox`,
    `users/${id}/inbox/`,
    `users/${id}/inbox/more`,
    `users/${id}/inbox\0`,
    `/users/${id}/inbox`,
    `users//${id}/inbox`,
    `users/${id.toUpperCase().replace('1', 'A')}/inbox`,
    `users/${id} /inbox`,
    `users/${id}\n/inbox`,
    `users/{${id}}/inbox`,
    `users/${id}/devices/+/inbox`,
    `users/${id}/devices/${id}`,
    `users/${id}/devices/${id}/outbox`,
    `users/${id}/devices/${id}/inbox/more`,
    `users/${id}/devices/${id}/inbox/`,
    `users/${id}/Devices/${id}/inbox`,
    'users/__proto__/inbox',
    `conversations/${id}`,
    `conversations/${id}/#`,
    `conversations/${id}/+`,
    `conversations/${id}/events/more`,
    'conversations/#',
    'conversations/+/+',
    'conversations/+/events/more',
    'conversations/+1/events',
    `open/${id}`,
    '$SYS/broker/uptime',
    `$share/group/users/${id}/inbox`,
    `$share/group/conversations/+/events`,
  ]) {
    it(`denies ${JSON.stringify(name)}`, () => assert.equal(parseTopic(name), null));
  }
});
