import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../../protocol/errors.ts';
import { holdsPhrases, wantedOf, wordsOf } from './words.ts';

describe('words of a text', () => {
  it('come in their order, without case, accents and what stands between', () => {
    assert.deepEqual(wordsOf('Grüße, aus dem Café-Crème! 100%'), [
      'gruße',
      'aus',
      'dem',
      'cafe',
      'creme',
      '100',
    ]);
    assert.deepEqual(wordsOf('e\u0301a'), ['ea']);
    assert.deepEqual(wordsOf('नमस्ते 한국어'), ['नमस्ते', '한국어']);
    assert.deepEqual(wordsOf(' \u0000 \ud800 👍'), []);
  });

  it('a query has whole words, and one that may be only begun', () => {
    assert.deepEqual(wantedOf('crème-brûlée Ca'), {
      phrases: [['creme', 'brulee'], ['ca']],
      whole: ['creme', 'brulee'],
      begun: 'ca',
    });
    assert.throws(() => wantedOf('…'), Refused);
  });

  it('a phrase is found where its words stand side by side', () => {
    const words = ['a', 'cafe', 'creme', 'b'];
    assert.ok(holdsPhrases(words, wantedOf('cafe-cr')));
    assert.ok(holdsPhrases(words, wantedOf('cafe-creme b')));
    assert.ok(!holdsPhrases(words, wantedOf('creme-cafe')));
    assert.ok(!holdsPhrases(words, wantedOf('cafe-cr b')), 'only the last word may be begun');
    assert.ok(!holdsPhrases(words, wantedOf('a-creme')));
  });

  it('have nothing in them that means something in an expression', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const word of wordsOf(text)) {
          assert.ok(!/[\\^$.*+?()[\]{}|/\s]/.test(word));
          assert.ok(new RegExp(`^${word}$`, 'u').test(word));
        }
      }),
    );
  });
});
