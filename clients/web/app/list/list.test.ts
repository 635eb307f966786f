import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FakeChat, fakeConversation, fakeMessage, fakePerson } from '../../chat/fixtures/fake-chat.ts';
import { faceOf, titleOf } from '../naming.ts';
import { matches, merged } from './find.ts';
import { isMuted, ordered } from './order.ts';
import { directionOf, previewOf } from './preview.ts';
import { scrollTo, windowOf } from './window-of.ts';

describe('the rows that are there', () => {
  const views = fc.record({
    rows: fc.nat(100_000),
    rowHeight: fc.constant(72),
    top: fc.nat(8_000_000),
    height: fc.integer({ min: 1, max: 3_000 }),
  });

  it('are all that are seen, few more, and none that is not', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { rows, rowHeight, top, height } = view;
        const { from, to } = windowOf(view);
        assert.ok(from >= 0 && from <= to && to <= rows);
        const first = Math.floor(top / rowHeight);
        const last = Math.min(rows, Math.ceil((top + height) / rowHeight));
        for (let row = first; row < last; row++) assert.ok(row >= from && row < to);
        assert.ok(to - from <= height / rowHeight + 15);
      }),
    );
  });

  it('are scrolled to as little as shows a whole one', () => {
    const view = { rowHeight: 72, top: 720, height: 300 };
    assert.equal(scrollTo(2, view), 144);
    assert.equal(scrollTo(11, view), 720);
    assert.equal(scrollTo(20, view), 21 * 72 - 300);
  });
});

describe('a row', () => {
  it('says in one line what was said, or what became of it', () => {
    const of = (content: unknown, more = {}) =>
      previewOf(fakeMessage({ content: content as never, ...more }));
    assert.equal(of({ type: 'text', text: ' a\n\n b\t' }), 'a b');
    assert.equal(of({ type: 'sensor.reading', celsius: 21 }), 'Message');
    assert.equal(of({ type: 'image', text: 'a crab' }), 'a crab');
    const file = { type: 'media', media: 'm', bytes: 1 };
    assert.equal(of({ ...file, kind: 'image', mime: 'image/png' }), '📷 Photo');
    assert.equal(of({ ...file, kind: 'image', mime: 'image/png', text: 'a\ncrab' }), '📷 a crab');
    assert.equal(
      of({ ...file, kind: 'voice', mime: 'audio/webm', duration_ms: 12_300 }),
      '🎤 Voice message 0:12',
    );
    assert.equal(of({ ...file, kind: 'document', mime: 'text/plain', name: '\u202egpj.exe' }), '📎 gpj.exe');
    assert.equal(of(null, { gone: 'deleted' }), 'Message deleted');
    assert.equal(of({ type: 'text', text: 42 }), 'Message');
  });

  it('runs as its text does', () => {
    assert.equal(directionOf('12: مرحبا hello'), 'rtl');
    assert.equal(directionOf('hello مرحبا'), 'ltr');
    assert.equal(directionOf('12 👍'), undefined);
  });

  it('is called as one calls the other, as soon as that is known', () => {
    const chat = new FakeChat();
    const direct = fakeConversation('c1', { peer: 'bob' });
    assert.equal(titleOf(chat, direct), 'Someone');
    (chat.person('bob') as { value: unknown }).value = fakePerson('bob', 'Bob', { photo: '/media/1' });
    assert.equal(titleOf(chat, direct), 'Bob');
    assert.deepEqual(faceOf(chat, direct), { id: 'bob', photo: '/media/1' });
    assert.equal(
      titleOf(chat, fakeConversation('c2', { kind: 'group', peer: null, name: 'Waders' })),
      'Waders',
    );
  });
});

describe('the list', () => {
  it('has first what is pinned, and apart what is archived', () => {
    const all = [
      fakeConversation('new'),
      fakeConversation('gone', { archived: true, pinned: true }),
      fakeConversation('pinned', { pinned: true }),
    ];
    const { shown, archived } = ordered(all);
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['pinned', 'new'],
    );
    assert.deepEqual(
      archived.map(({ id }) => id),
      ['gone'],
    );
  });

  it('knows for how long one is muted', () => {
    assert.equal(isMuted({ mutedUntil: null }, 5), false);
    assert.equal(isMuted({ mutedUntil: 5 }, 5), false);
    assert.equal(isMuted({ mutedUntil: 6 }, 5), true);
  });
});

describe('searching', () => {
  it('finds letters large and small, with accents and without', () => {
    assert.ok(matches('Dr. Émile Noir', 'emile'));
    assert.ok(matches('مُحَمَّد', 'محمد'));
    assert.ok(!matches('Bob', 'bobby'));
  });

  it('shows each message once, newest first, as it is here', () => {
    const here = fakeMessage({ key: 'a', time: 1, content: { type: 'text', text: 'edited' } });
    const there = [fakeMessage({ key: 'b', time: 2 }), fakeMessage({ key: 'a', time: 1 })];
    const all = merged([here], there);
    assert.deepEqual(
      all.map(({ key }) => key),
      ['b', 'a'],
    );
    assert.equal(all[1], here);
  });
});
