import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { insertMention, matching, mentionAt, mentionsOf } from './mentions.ts';

describe('mentions in the composer', () => {
  it('begin with an @ at the start of a word', () => {
    assert.deepEqual(mentionAt('@', 1), { at: 0, query: '' });
    assert.deepEqual(mentionAt('hi @an', 6), { at: 3, query: 'an' });
    assert.deepEqual(mentionAt('hi @ann le', 10), { at: 3, query: 'ann le' });
    for (const [text, caret] of [
      ['me@an', 5],
      ['hi @an', 2],
      ['@ann lee of', 11],
      ['@a\nb', 4],
    ] as const)
      assert.equal(mentionAt(text, caret), null, text);
  });

  it('offer those whose name begins so before those who have it inside', () => {
    const people = [
      { name: 'Joanna', username: 'jo' },
      { name: 'Lee Ann', username: 'lee' },
      { name: 'Änne', username: 'ae' },
      { name: 'Bob', username: 'ann1' },
      { name: 'Carl', username: 'carl' },
    ];
    assert.deepEqual(
      matching(people, 'ann', 9).map(({ name }) => name),
      ['Änne', 'Lee Ann', 'Bob', 'Joanna'],
    );
    assert.equal(matching(people, '', 2).length, 2);
  });

  it('put the name where the @ was, and the caret behind it', () => {
    assert.deepEqual(insertMention('hi @an!', { at: 3, query: 'an' }, 'Ann Lee'), {
      text: 'hi @Ann Lee !',
      caret: 12,
    });
    assert.deepEqual(insertMention('hi @an there', { at: 3, query: 'an' }, 'Ann'), {
      text: 'hi @Ann there',
      caret: 8,
    });
  });

  it('leave the rest of the text, and can be read back', () => {
    const words = fc.stringMatching(/^[a-z ]{0,12}$/);
    fc.assert(
      fc.property(words, words, fc.stringMatching(/^[A-Z][a-z]{1,8}$/), (before, after, name) => {
        const text = `${before} @${after}`;
        const at = before.length + 1;
        const { text: made, caret } = insertMention(text, { at, query: '' }, name);
        assert.ok(made.startsWith(`${before} @${name} `) && made.endsWith(after));
        assert.equal(made.slice(0, caret), `${before} @${name} `);
        assert.deepEqual(mentionsOf(made, [{ user: 'u', name }]), ['u']);
      }),
    );
  });

  it('of a name that was taken out again are not sent', () => {
    const chosen = [
      { user: '1', name: 'Ann' },
      { user: '2', name: 'Bob' },
      { user: '1', name: 'Ann' },
    ];
    assert.deepEqual(mentionsOf('hi @Ann', chosen), ['1']);
  });
});
