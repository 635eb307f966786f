import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { previewOf, shortened } from './preview.ts';

describe('what a notification shows of a message', () => {
  it('is its text in one line, and nothing of what only its readers can read', () => {
    assert.equal(previewOf({ type: 'text', text: ' a\n\tb\u0000c\u2028d ' }), 'a b c d');
    assert.equal(previewOf({ type: 'buttons', text: 'Choose', rows: [] }), 'Choose');
    for (const content of [
      { type: 'text', text: ' \n ' },
      { type: 'sensor.reading', celsius: 21 },
      { type: 'chat.encrypted', text: 'x' },
      { type: 'encrypted', text: 'x' },
      { type: 'mls_message', text: 'x' },
      { type: 'text', text: 7 },
      'text',
      null,
      undefined,
    ])
      assert.equal(previewOf(content), null, JSON.stringify(content));
  });

  it('is short, and never cut through what is seen as one character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 2, max: 300 }),
        (text, most) => {
          const short = shortened(text, most);
          assert.ok(short.length <= most);
          if (text.length <= most) assert.equal(short, text);
          else assert.ok(short.endsWith('…') && text.startsWith(short.slice(0, -1)));
        },
      ),
    );
    assert.equal(shortened(`${'x'.repeat(8)}👩‍👩‍👧‍👦y`, 12), `${'x'.repeat(8)}…`);
  });
});
