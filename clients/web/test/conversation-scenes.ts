/** For tests: what conversations are shown. Runs in the page, so it stands on its own. */
import type { Given } from './conversation-page.ts';

/** A group with a bit of everything. */
export function group({ now, unread = 0 }: { now: number; unread?: number }): void {
  const { chat, fakes } = globalThis as unknown as Given;
  const people = { anna: 'Anna Sand', ben: 'Ben Tide', bot: 'Tide Bot', lina: 'لينا البحر' } as const;
  for (const [id, name] of Object.entries(people))
    (chat.person(`user-${id}`) as { value: unknown }).value = fakes.fakePerson(`user-${id}`, name, {
      kind: id === 'bot' ? 'bot' : 'person',
    });
  (chat.person('user-me') as { value: unknown }).value = fakes.fakePerson('user-me', 'Mara Coast');
  const id = 'boats';
  const minute = 60_000;
  let seq = 0;
  const say = (sender: string, text: string, ago: number, more: object = {}) =>
    fakes.fakeMessage({
      key: `m${++seq}`,
      seq,
      conversation: id,
      sender: `user-${sender}`,
      time: now - ago * minute,
      content: { type: 'text', text },
      state: sender === 'me' ? 'read' : null,
      ...more,
    });
  const entries = [
    fakes.fakeNotice(
      { type: 'group.created', sender: { user: 'user-anna', device: null } },
      { key: `m${++seq}`, seq, conversation: id, time: now - 2_880 * minute },
    ),
    say('anna', 'Welcome aboard! We leave on *Saturday*, weather permitting.', 2_870),
    say('anna', 'Packing list: https://example.org/lists/boat_trip and `nothing heavy`', 2_869),
    say('ben', 'Who brings the charts?', 1_500, {
      reactions: [{ emoji: '👍', count: 3, users: ['user-me', 'user-anna'] }],
    }),
    say('me', 'I do. @Ben Tide brings the coffee.', 1_495, {
      mentions: ['user-ben'],
      replyTo: 4,
      state: 'read',
    }),
    say('lina', 'صباح الخير! هل يمكنني إحضار أخي معي؟', 1_440),
    say('me', 'Of course 🙂', 1_439, { state: 'read', edited: { at: now - 1_438 * minute, count: 1 } }),
    say('ben', '', 1_430, { content: null, gone: 'deleted' }),
    say('anna', '🐦🌊', 90),
    say(
      'anna',
      'Two dunlins on the pier this morning, right where we saw them last year. They did not mind me at all.',
      89,
      { forwarded: 1 },
    ),
    say('bot', 'Low tide is at 14:20. Shall I remind you?', 60, {
      content: {
        type: 'buttons',
        text: 'Low tide is at *14:20*. Shall I remind you?',
        rows: [
          [
            { label: 'At 14:00', data: 'r:1400' },
            { label: 'At 13:30', data: 'r:1330' },
          ],
          [{ label: 'Tide table', url: 'https://example.org/tides' }],
        ],
      },
    }),
    say('ben', 'Hey @Mara Coast, is the harbour key with you?', 30, {
      mentions: ['user-me'],
      reactions: [
        { emoji: '❤️', count: 1, users: ['user-lina'] },
        { emoji: '😂', count: 2, users: ['user-anna', 'user-me'] },
      ],
    }),
    say('me', 'Yes, on the hook by the door.', 20, { state: 'delivered' }),
    say(
      'me',
      'I can bring it over after lunch, or leave it with the harbour master if that is easier for you both.',
      19,
      { state: 'accepted', expires: now + 86_400_000 },
    ),
    say('me', 'Blocked text', 0, {
      seq: null,
      time: null,
      state: 'refused',
      refusal: { code: 'rate_limited', message: 'slower', retry: true, retry_after_ms: 4_000 },
    }),
    say('me', 'On my way', 0, { seq: null, time: null, state: 'queued' }),
  ];
  const view = chat.view({ conversation: id });
  view.entries.value = entries;
  view.conversation.value = fakes.fakeConversation(id, {
    kind: 'group',
    name: 'Boats and birds',
    peer: null,
    role: 'owner',
    head: seq,
    read: unread > 0 ? 8 : seq,
    unread,
    timer: 604_800,
  });
  chat.conversations.value = [
    view.conversation.value!,
    fakes.fakeConversation('c2', { peer: 'user-anna' }),
    fakes.fakeConversation('c3', { peer: 'user-ben' }),
  ];
  chat.answers.set('members.list', {
    members: ['me', 'anna', 'ben', 'lina', 'bot'].map((user) => ({ user: `user-${user}`, role: 'member' })),
    next: null,
  });
  chat.answers.set('message.status', {
    members: [
      { user: 'user-anna', delivered: true, read: true, delivered_at: now - minute, read_at: now },
      { user: 'user-ben', delivered: true, read: false, delivered_at: now },
      { user: 'user-lina', delivered: false, read: false },
    ],
  });
  (globalThis as unknown as Given).open({ conversation: id });
}

/** A one-to-one conversation of so many messages. */
export function long({ count, now, unread = 0 }: { count: number; now: number; unread?: number }): void {
  const { chat, fakes } = globalThis as unknown as Given;
  (chat.person('user-anna') as { value: unknown }).value = fakes.fakePerson('user-anna', 'Anna Sand');
  const view = chat.view({ conversation: 'long' });
  view.entries.value = Array.from({ length: count }, (_, at) =>
    fakes.fakeMessage({
      key: `k${at + 1}`,
      seq: at + 1,
      conversation: 'long',
      sender: at % 3 === 0 ? 'user-me' : 'user-anna',
      state: at % 3 === 0 ? 'read' : null,
      time: now - (count - at) * 60_000,
      content: { type: 'text', text: `Message ${at + 1}${' and more of it'.repeat((at * 7) % 23)}` },
    }),
  );
  view.conversation.value = fakes.fakeConversation('long', {
    peer: 'user-anna',
    head: count,
    read: count - unread,
    unread,
  });
  (globalThis as unknown as Given).open({ conversation: 'long' });
}
