import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { defaultConfig } from '../../platform/config/schema.ts';
import { topics } from '../../protocol/topics.ts';
import { OpenRules } from '../open/rules.ts';
import { mayForward } from './forward.ts';
import { destination } from './publish.ts';

const [alice, bob, conversation, device] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const open = new OpenRules({
  ...defaultConfig().open,
  enabled: true,
  rules: [
    { users: [alice], allow: 'publish', topic: 'up/#' },
    { users: [alice], allow: 'subscribe', topic: 'down/#' },
  ],
});

describe('where a PUBLISH goes', () => {
  it('to the own outbox, to typing, and to plain MQTT by its rules', () => {
    assert.deepEqual(destination(alice, topics.outbox(alice), open), { kind: 'outbox' });
    assert.deepEqual(destination(alice, topics.typing(conversation), open), { kind: 'typing', conversation });
    assert.deepEqual(destination(alice, 'open/up/1', open), { kind: 'open' });
  });

  for (const topic of [
    topics.outbox(bob),
    topics.inbox(alice),
    topics.inbox(bob),
    topics.deviceInbox(alice, device),
    topics.presence(alice),
    topics.events(conversation),
    topics.typing('+'),
    'open/down/1',
    'open',
    '$SYS/a/heartbeat',
    'weather',
    '__proto__',
    'conversations/__proto__/typing',
  ])
    it(`not to ${topic}`, () => {
      assert.deepEqual(destination(alice, topic, open), { kind: 'forbidden' });
    });
});

describe('what is forwarded', () => {
  const reading = { writableNeedDrain: false };
  const stuck = { writableNeedDrain: true };

  it('is what the rules of now allow', () => {
    assert.equal(mayForward(alice, reading, { topic: 'open/down/1', qos: 1 }, open), true);
    assert.equal(mayForward(alice, reading, { topic: 'open/up/1', qos: 1 }, open), false);
    assert.equal(mayForward(bob, reading, { topic: 'open/down/1', qos: 1 }, open), false);
    assert.equal(mayForward(alice, reading, { topic: topics.inbox(alice), qos: 1 }, open), false);
  });

  it('at QoS 0 does not wait for a device that does not read', () => {
    assert.equal(mayForward(alice, stuck, { topic: 'open/down/1', qos: 0 }, open), false);
    assert.equal(mayForward(alice, stuck, { topic: 'open/down/1', qos: 1 }, open), true);
  });
});
