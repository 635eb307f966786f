import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cut, fit, graphemesOf, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

const written = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'bc', ' ', '\n', 'é', '東', '👍🏽', 'שׁ', '👩‍👩‍👧'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 200,
});

describe('wrap', () => {
  it('loses nothing but spaces and ends of rows, and no row is too wide', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const rows = wrap(text, width);
        for (const row of rows)
          assert.ok(widthOf(row) <= width, `${widthOf(row)} > ${width}: ${JSON.stringify(row)}`);
        const letters = (t: string) => t.replaceAll(/[\s\u{fffd}]/gu, '');
        // A letter may be wider than a narrow row.
        if (![...graphemesOf(text)].some((letter) => widthOf(letter) > width))
          assert.equal(letters(rows.join('')), letters(text));
      }),
    );
  });

  it('breaks at words, keeps paragraphs, and cuts what is longer than a row', () => {
    assert.deepEqual(wrap('one two three\n\nfour', 8), ['one two', 'three', '', 'four']);
    assert.deepEqual(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  });

  it('counts columns, and not letters', () => {
    assert.deepEqual(wrap('東京都庁', 5), ['東京', '都庁']);
    assert.deepEqual(wrap('👍🏽👍🏽👍🏽', 4), ['👍🏽👍🏽', '👍🏽']);
    assert.deepEqual(wrap('東', 1), ['…']);
  });

  it('leaves letters of other directions in their order, for the terminal to turn', () => {
    assert.deepEqual(wrap('שלום עולם', 20), ['שלום עולם']);
  });
});

describe('what must fit', () => {
  it('is never wider, and says where something is missing', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 0, max: 30 }), (text, width) => {
        const line = text.replaceAll('\n', ' ');
        assert.ok(widthOf(cut(line, width)) <= width);
        assert.equal(widthOf(fit(line, width)), width);
        if (widthOf(line) <= width && width > 0) assert.equal(cut(line, width), line);
      }),
    );
    assert.equal(cut('a long one', 6), 'a lon…');
    assert.equal(cut('東京都', 4), '東…');
  });
});
