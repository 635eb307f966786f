import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPhotoUrl } from './photo-url.ts';

describe('the address of a photo', () => {
  it('is one of a web server', () => {
    for (const text of ['https://chat.example/media/1', 'http://localhost:8080/icons/dunlin-192.png'])
      assert.equal(isPhotoUrl(text), true, text);
  });

  it('is nothing that runs, and nothing made of text', () => {
    for (const text of [
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      ' javascript:alert(1)',
      'data:image/svg+xml,<svg onload=alert(1)>',
      'blob:https://chat.example/1',
      'file:///etc/passwd',
      '//chat.example/1',
      '/media/1',
      'https://chat.example/a b',
      `https://chat.example/${'a'.repeat(2048)}`,
      '',
    ])
      assert.equal(isPhotoUrl(text), false, text);
  });
});
