import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { AnyEvent } from '../../protocol/events.ts';
import { Chats, printable } from './chats.ts';

const me = '01890000-0000-7000-8000-000000000001';
const other = '01890000-0000-7000-8000-000000000002';
const conversation = '01890000-0000-8000-8000-000000000003';
const base = { v: 1 as const, conversation, id: conversation, time: 1 };
const message = (seq: number, user: string, text: string): AnyEvent => ({
  ...base,
  seq,
  type: 'message',
  kind: 'direct',
  peer: other,
  sender: { user, device: null },
  content: { type: 'text', text },
});

it('shows what edits, deletions and reactions made of a message', () => {
  const chats = new Chats(me);
  for (const event of [
    message(1, me, 'teh boat'),
    message(2, other, 'gone soon'),
    {
      ...base,
      seq: 3,
      type: 'message.edited',
      target: 1,
      sender: { user: me, device: null },
      content: { type: 'text', text: 'the boat' },
    },
    { ...base, seq: 4, type: 'message.deleted', target: 2, sender: { user: other, device: null } },
    {
      ...base,
      seq: 5,
      type: 'message.reaction',
      target: 1,
      emoji: '⛵',
      sender: { user: other, device: null },
    },
  ] as AnyEvent[])
    chats.apply(event);
  const [first, second] = chats.get(conversation).lines;
  assert.equal(first!.text, 'the boat');
  assert.equal(first!.edited, true);
  assert.deepEqual([...first!.reactions], [[other, '⛵']]);
  assert.equal(second!.text, null);
  assert.equal(chats.get(conversation).peer, other);
});

it('counts unread and ticks from receipts', () => {
  const chats = new Chats(me);
  for (let seq = 1; seq <= 4; seq++) chats.apply(message(seq, seq % 2 ? other : me, `${seq}`));
  const chat = chats.get(conversation);
  assert.equal(chats.unread(chat), 2);
  chats.receipts(conversation, [
    { user: me, delivered: 4, read: 1 },
    { user: other, delivered: 4, read: 2 },
  ]);
  assert.equal(chats.unread(chat), 1);
  assert.equal(chats.ticks(chat, chat.lines[1]!), '◉');
  assert.equal(chats.ticks(chat, chat.lines[3]!), '✓✓');
});

it('has the same lines whatever order pages and live events come in, however often', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 80 }), (seqs) => {
      const chats = new Chats(me);
      for (const seq of seqs) chats.apply(message(seq, other, `${seq}`));
      assert.deepEqual(
        chats.get(conversation).lines.map((l) => l.seq),
        [...new Set(seqs)].sort((a, b) => a - b),
      );
    }),
  );
});

it('lets no control character through to the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\u202ec'), 'a\u{fffd}[2Jb\u{fffd}c');
});
