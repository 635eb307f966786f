import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeMessage, fakeNotice } from '../../../chat/fixtures/fake-chat.ts';
import { noticeText } from '../list/notice-text.ts';
import { messageLabel, plainText } from './label.ts';

const name = (user: string) => ({ a: 'Anna', b: 'Ben', c: 'Cem', d: 'Dora', e: 'Eli' })[user] ?? user;
const by = (user: string) => ({ user, device: null });
const told = (event: Parameters<typeof fakeNotice>[0], me = 'me') => noticeText(fakeNotice(event), me, name);

describe('what a message is called', () => {
  it('says who, when, what, and how far it has come', () => {
    const time = new Date(2026, 4, 3, 14, 5).getTime();
    const mine = fakeMessage({
      sender: 'me',
      time,
      state: 'delivered',
      edited: { at: time, count: 1 },
      reactions: [{ emoji: '👍', count: 2, users: [] }],
    });
    assert.match(messageLabel(mine, 'me', name), /^You, .*2:05.PM: Hello\. edited, Delivered, 👍 2$/u);
    assert.match(messageLabel(fakeMessage({ sender: 'a', time }), 'me', name), /^Anna, .*: Hello$/u);
    assert.match(
      messageLabel(fakeMessage({ sender: 'me', time: null, seq: null, state: 'queued' }), 'me', name),
      /Waiting to be sent/,
    );
  });

  it('is a sentence where there is no text', () => {
    const of = (more: Parameters<typeof fakeMessage>[0]) =>
      plainText(fakeMessage({ sender: 'a', ...more }), 'me');
    assert.deepEqual(
      [
        of({ gone: 'deleted', content: null }),
        of({ gone: 'deleted', content: null, sender: 'me' }),
        of({ gone: 'expired', content: null }),
        of({ unreadable: true, content: { type: 'sealed', text: 'xyz' } }),
        of({ content: { type: 'sensor.reading' } }),
        of({ content: { type: 'sensor.reading', text: '21 °C' } }),
      ],
      [
        'This message was deleted',
        'You deleted this message',
        'This message has disappeared',
        'This message cannot be read on this device',
        'This kind of message cannot be shown here yet',
        '21 °C',
      ],
    );
  });
});

describe('a notice', () => {
  it('says what happened, and to whom', () => {
    const members = (...users: string[]) => users.map((user) => ({ user, role: 'member' as const }));
    assert.deepEqual(
      [
        told({ type: 'group.created', sender: by('a') }),
        told({ type: 'members.added', sender: by('me'), members: members('a', 'b') }),
        told({ type: 'members.added', sender: by('a'), members: members('a') }),
        told({ type: 'members.added', sender: by('a'), members: members('me', 'b', 'c', 'd', 'e') }),
        told({ type: 'members.removed', sender: by('a'), users: ['a'] }),
        told({ type: 'members.removed', sender: by('a'), users: ['me'] }),
        told({ type: 'member.role', sender: by('a'), user: 'me', role: 'admin' }),
        told({ type: 'group.updated', sender: by('a'), name: '<b>Boats</b>' }),
        told({ type: 'group.updated', sender: by('me'), photo: null }),
        told({ type: 'timer.changed', sender: by('a'), seconds: 604_800 }),
        told({ type: 'timer.changed', sender: by('me'), seconds: null }),
      ],
      [
        'Anna created the group',
        'You added Anna and Ben',
        'Anna joined',
        'Anna added you, Ben, Cem, and 2 others',
        'Anna left',
        'Anna removed you',
        'You are now an administrator',
        'Anna named the group “<b>Boats</b>”',
        'You removed the group photo',
        'Anna set messages to disappear after 7 days',
        'You turned disappearing messages off',
      ],
    );
  });
});
