import assert from 'node:assert/strict';
import { it } from 'node:test';
import { emojiOnly } from './emoji-only.ts';

it('a text of up to three emoji is shown large', () => {
  assert.equal(emojiOnly('😀'), 1);
  assert.equal(emojiOnly(' 👨‍👩‍👧‍👦👍🏽 🇩🇪 '.replaceAll(' ', '')), 3);
  assert.equal(emojiOnly('❤️'), 1);
  for (const text of ['', ' ', '😀😀😀😀', 'a😀', '1', '#', '😀'.repeat(5_000), '\u202e'])
    assert.equal(emojiOnly(text), 0);
});
