import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tombstone } from './tombstone.ts';

const envelope = {
  v: 1,
  type: 'message',
  conversation: 'c',
  id: 'i',
  sender: { user: 'u', device: 'd' },
  time: 5,
  kind: 'group',
  reply_to: 3,
  forwarded: 1,
  expires: 9,
};

it('keeps the envelope and nothing of what was said, known field or not', () => {
  const said = { content: { type: 'text', text: 'x' }, mentions: ['m'], preview: 'x', title: 'x' };
  const body = JSON.stringify({ ...envelope, ...said });
  assert.deepEqual(JSON.parse(tombstone(body, 'deleted')), { ...envelope, deleted: true });
  assert.deepEqual(JSON.parse(tombstone(body, 'expired')), { ...envelope, expired: true });
});

it('keeps what an edit refers to', () => {
  const body = JSON.stringify({ v: 1, type: 'message.edited', target: 4, content: {}, mentions: [] });
  assert.deepEqual(JSON.parse(tombstone(body, 'deleted')), {
    v: 1,
    type: 'message.edited',
    target: 4,
    deleted: true,
  });
});

it('is the same the second time', () => {
  const once = tombstone(JSON.stringify({ ...envelope, content: 1 }), 'deleted');
  assert.equal(tombstone(once, 'deleted'), once);
});
