/** How large, how deep and how many: to the byte and the level. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandExamples } from './docs/example-commands.ts';
import { Refused } from './errors.ts';
import { bytes, json, refusalOf } from './fixtures/refusal-of.ts';
import { checkCommand } from './parse.ts';

describe('limits', () => {
  const send = (content: unknown) => json({ ...commandExamples['message.send'], content });
  /** Content whose JSON has exactly so many bytes. */
  const typed = (size: number, filling: string) => {
    const empty = JSON.stringify({ type: 'blob', data: '' }).length;
    const width = Buffer.byteLength(filling);
    const data = filling.repeat(Math.floor((size - empty) / width));
    const content = { type: 'blob', data: data + 'x'.repeat(size - empty - Buffer.byteLength(data)) };
    assert.equal(Buffer.byteLength(JSON.stringify(content)), size);
    return content;
  };

  for (const filling of ['x', 'é', '字', '🍝']) {
    it(`content of 65,536 bytes is accepted and of 65,537 refused, in ${Buffer.byteLength(filling)}-byte characters`, () => {
      assert.equal(refusalOf(send(typed(65_536, filling))), null);
      assert.equal(refusalOf(send(typed(65_537, filling))), 'too_large');
    });
  }

  it('counts text as JSON has it: quotes, escapes and the type count', () => {
    const around = JSON.stringify({ type: 'text', text: '' }).length;
    const text = (length: number, filling = 'x') => ({ type: 'text', text: filling.repeat(length) });
    assert.equal(refusalOf(send(text(65_536 - around))), null);
    assert.equal(refusalOf(send(text(65_537 - around))), 'too_large');
    // A control character is six bytes of JSON.
    const most = Math.floor((65_536 - around) / 6);
    assert.equal(refusalOf(send(text(most, '\u0001'))), null);
    assert.equal(refusalOf(send(text(most + 1, '\u0001'))), 'too_large');
  });

  it('counts the type of a typed content with only a text as well', () => {
    const type = 'x'.repeat(64);
    const around = JSON.stringify({ type, text: '' }).length;
    const most = Math.floor((65_536 - around) / 6);
    assert.equal(refusalOf(send({ type, text: '\u0001'.repeat(most) })), null);
    assert.equal(refusalOf(send({ type, text: '\u0001'.repeat(most + 1) })), 'too_large');
  });

  it('takes 16 levels and not 17', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    // The command and its content are the first two.
    assert.equal(refusalOf(send({ type: 'deep', data: nested(14) })), null);
    assert.equal(refusalOf(send({ type: 'deep', data: nested(15) })), 'too_deep');
    // As text: JSON.stringify does not go as deep as JSON.parse.
    const text = JSON.stringify({ ...commandExamples['message.send'], content: { type: 'deep', data: 0 } });
    const deep = '['.repeat(40_000) + ']'.repeat(40_000);
    assert.equal(refusalOf(bytes(text.replace('"data":0', `"data":${deep}`))), 'too_deep');
  });

  it('takes as many mentions, members and users as the schema says and no more', () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, i) => `01940000-0000-7000-8000-${String(i).padStart(12, '0')}`);
    const mention = { ...commandExamples['message.send'] };
    assert.equal(refusalOf(json({ ...mention, mentions: ids(100) })), null);
    assert.equal(refusalOf(json({ ...mention, mentions: ids(101) })), 'bad_request');
    const add = { ...commandExamples['group.add'] };
    assert.equal(refusalOf(json({ ...add, users: ids(1_000) })), null);
    assert.equal(refusalOf(json({ ...add, users: ids(1_001) })), 'bad_request');
    assert.equal(refusalOf(json({ ...add, users: [] })), 'bad_request');
    assert.equal(refusalOf(json({ ...add, users: [...ids(2), ...ids(1)] })), 'bad_request');
  });

  it('refuses a list that is too long before looking at what is in it', () => {
    for (const [field, item] of [
      ['users', 1],
      ['users', {}],
      ['members', commandExamples['group.add'].id],
    ] as const) {
      const list = Array.from({ length: 20_000 }, () => item);
      assert.throws(
        () => checkCommand({ ...commandExamples['group.add'], [field]: list }),
        (error: unknown) =>
          error instanceof Refused &&
          error.refusal.detail === `/${field}: must not have more than 1000 items`,
      );
    }
  });
});

describe('texts that go into databases', () => {
  it('may not have U+0000, which some cannot keep', () => {
    for (const name of ['a\0', '\0', 'a\0b'])
      assert.equal(refusalOf(json({ ...commandExamples['group.update'], name })), 'bad_request');
    assert.equal(
      refusalOf(json({ ...commandExamples['profile.update'], status: 'at\0home' })),
      'bad_request',
    );
    assert.equal(
      refusalOf(json({ ...commandExamples['profile.update'], photo: 'https://example.org/\0' })),
      'bad_request',
    );
    assert.equal(refusalOf(json({ ...commandExamples['group.update'], name: 'two\nlines' })), null);
  });
});
