import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usernameIn } from './find-person.ts';

describe('a name to sign in with', () => {
  it('is found in what people type and paste', () => {
    for (const text of [
      'anna',
      '@anna',
      ' Anna ',
      'https://chat.example/u/anna',
      'http://localhost:8080/u/anna/',
    ])
      assert.equal(usernameIn(text), 'anna', text);
  });

  it('is not in what is none', () => {
    for (const text of [
      '',
      '@',
      'a',
      'two words',
      'ليلى',
      'https://chat.example/u/',
      'https://chat.example/x/anna',
      '-a',
    ])
      assert.equal(usernameIn(text), null, text);
  });
});
