import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inert, oneLine, printable } from './printable.ts';

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u009b',
      '\u0007',
      '\r',
      '\n',
      '\t',
      '\u202e',
      '\u2067',
      '\u2028',
      '\ud800',
      '\u0301',
      '\u200b',
      '\u{e0041}',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 60,
});

describe('what others write', () => {
  it('has no control character but new lines and tabs, and no letter that turns the direction', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = printable(text);
        assert.doesNotMatch(shown.replaceAll(/[\n\t]/g, ''), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        assert.ok(shown.isWellFormed());
      }),
    );
  });

  it('is one line where it must be, and none of it unseen', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.doesNotMatch(oneLine(text), /[\p{Cc}\u2028\u2029\u200b\u2060\ufeff]/u);
      }),
    );
  });

  it('does not leave as control characters whatever it has been through', () => {
    fc.assert(fc.property(hostile, (text) => assert.doesNotMatch(inert(text), /\p{Cc}/u)));
  });

  it('shows that something was there', () => {
    assert.equal(printable('a\u001b[2Jb\u202ec'), 'a\u{fffd}[2Jb\u{fffd}c');
    assert.equal(oneLine(' G\n\u001b]0;x \u200b'), 'G \u{fffd}]0;x');
  });

  it('keeps what languages are written with: marks, joiners, emoji of several parts', () => {
    for (const text of ['é', 'हिन्दी', 'שָׁלוֹם', '👩‍👩‍👧‍👦', '👍🏽', 'می‌خواهم', '🇫🇷'])
      assert.equal(printable(text), text);
  });

  it('does not reach into other rows with marks upon marks', () => {
    assert.equal([...printable(`a${'\u0301'.repeat(50)}`)].length, 7);
  });
});
