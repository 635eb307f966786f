import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Conversation } from '../../../../sdk/index.ts';
import { fakeConversation, fakeMessage } from '../../../chat/fixtures/fake-chat.ts';
import { isQuiet, isWorthTelling, type Wishes } from './worth-telling.ts';

const now = Date.UTC(2026, 2, 3, 23, 30);
const wishes: Wishes = { show: 'content', mentions_override: true, quiet: null, digest_hours: null };

function arrived(more: Partial<Conversation> = {}): Conversation {
  return fakeConversation('c', { unread: 1, read: 4, last: fakeMessage({ seq: 5 }), ...more });
}
const tells = (conversation: Conversation, before?: Conversation, wished: Wishes | null = wishes) =>
  isWorthTelling(conversation, before, 'user-me', wished, now);

describe('what is worth telling', () => {
  it('is what another has just said', () => {
    assert.equal(tells(arrived()), true);
    assert.equal(tells(arrived(), arrived({ last: fakeMessage({ seq: 4 }) })), true);
    assert.equal(tells(arrived(), arrived()), false, 'told before');
    assert.equal(tells(arrived({ unread: 0, read: 5 })), false, 'read already');
    assert.equal(tells(arrived({ last: fakeMessage({ seq: 5, sender: 'user-me' }) })), false, 'my own');
    assert.equal(tells(arrived({ last: fakeMessage({ seq: 5, gone: 'deleted' }) })), false, 'deleted');
    assert.equal(tells(arrived({ last: null })), false);
  });

  it('is not what one has muted or put away, unless one is named', () => {
    const named = fakeMessage({ seq: 5, mentions: ['user-me'] });
    assert.equal(tells(arrived({ mutedUntil: now + 1 })), false);
    assert.equal(tells(arrived({ mutedUntil: now - 1 })), true);
    assert.equal(tells(arrived({ archived: true })), false);
    assert.equal(tells(arrived({ mutedUntil: now + 1, last: named })), true);
    const never = { ...wishes, mentions_override: false };
    assert.equal(tells(arrived({ mutedUntil: now + 1, last: named }), undefined, never), false);
  });

  it('is nothing in quiet hours, also over midnight, where they are meant', () => {
    const night = { from: '22:00', to: '07:00', zone: 'UTC' };
    assert.equal(isQuiet(night, now), true);
    assert.equal(isQuiet(night, Date.UTC(2026, 2, 3, 6, 59)), true);
    assert.equal(isQuiet(night, Date.UTC(2026, 2, 3, 7)), false);
    assert.equal(isQuiet({ ...night, zone: 'Asia/Tokyo' }, now), false, 'it is half past eight there');
    assert.equal(isQuiet({ from: '09:00', to: '17:00', zone: 'UTC' }, Date.UTC(2026, 2, 3, 12)), true);
    assert.equal(isQuiet({ ...night, zone: 'Nowhere/Land' }, now), false);
    assert.equal(tells(arrived(), undefined, { ...wishes, quiet: night }), false);
  });
});
