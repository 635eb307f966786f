import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { graphemesOf, widthOf } from '../text/width.ts';
import { Composer } from './composer.ts';

const steps = [
  'left',
  'right',
  'wordLeft',
  'wordRight',
  'lineStart',
  'lineEnd',
  'backspace',
  'delete',
  'deleteWord',
  'deleteLine',
] as const;

function composing(text: string): Composer {
  const composer = new Composer();
  composer.set(text);
  return composer;
}

describe('what is being written', () => {
  it('never has the caret inside a letter, whatever is pressed', () => {
    const letter = fc.constantFrom('a', ' ', '\n', '東', '👍🏽', 'é', '👩‍👩‍👧', 'שׁ');
    const press = fc.oneof(
      fc.constantFrom(...steps).map((step) => ({ step })),
      letter.map((text) => ({ text })),
      fc.constantFrom(1, -1).map((move) => ({ move })),
    );
    fc.assert(
      fc.property(fc.array(press, { maxLength: 60 }), fc.integer({ min: 4, max: 20 }), (pressed, width) => {
        const composer = new Composer();
        for (const key of pressed) {
          if ('step' in key) composer[key.step]();
          else if ('text' in key) composer.insert(key.text);
          else composer.move(key.move as 1 | -1, width);
          const borders = new Set([0]);
          let at = 0;
          for (const one of graphemesOf(composer.text)) {
            at += one.length;
            borders.add(at);
          }
          assert.ok(borders.has(composer.caret), `${composer.caret} in ${JSON.stringify(composer.text)}`);
          const { rows, caret } = composer.layout(width);
          assert.equal(rows.map(({ text }) => text).join(''), composer.text.replaceAll('\n', ''));
          for (const { text } of rows) assert.ok(widthOf(text) <= width);
          assert.ok(caret.column <= width && rows[caret.row] !== undefined);
        }
      }),
    );
  });

  it('moves between rows as they are shown, and says where there is none', () => {
    const composer = composing('one\nlonger line\nx');
    assert.equal(composer.move(1, 40), false);
    assert.equal(composer.move(-1, 40), true);
    composer.insert('|');
    assert.equal(composer.text, 'one\nl|onger line\nx');
    assert.equal(composer.move(-1, 40), true);
    assert.equal(composer.move(-1, 40), false);
  });

  it('deletes letters, words and lines', () => {
    const composer = composing('say hello  👍🏽');
    composer.backspace();
    assert.equal(composer.text, 'say hello  ');
    composer.deleteWord();
    assert.equal(composer.text, 'say ');
    composer.set('one\ntwo three');
    composer.deleteLine();
    assert.equal(composer.text, 'one\n');
  });

  it('takes no more than one message may have, also of a paste', () => {
    const composer = new Composer();
    composer.insert('x'.repeat(1_000_000));
    composer.insert('y');
    assert.ok(composer.text.length <= 64_000);
    assert.doesNotMatch(composer.text, /y/);
  });
});
