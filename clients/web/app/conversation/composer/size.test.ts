import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MAX_CONTENT_BYTES } from '../../../../sdk/index.ts';
import { contentBytes, tooLarge } from './size.ts';

it('a text counts as it travels', () => {
  const frame = contentBytes({ type: 'text', text: '' });
  assert.equal(contentBytes({ type: 'text', text: 'é"\n' }), frame + 2 + 2 + 2);
  assert.equal(tooLarge({ type: 'text', text: 'x'.repeat(MAX_CONTENT_BYTES - frame) }), 0);
  assert.equal(tooLarge({ type: 'text', text: 'x'.repeat(MAX_CONTENT_BYTES - frame + 7) }), 7);
});
