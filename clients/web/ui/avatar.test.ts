import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hueOf, initialsOf, ownPhoto } from './avatar.ts';

describe('an avatar', () => {
  it('has the first letters of the first and the last word, as people see them', () => {
    assert.equal(initialsOf('anna maria berg'), 'AB');
    assert.equal(initialsOf('bob'), 'B');
    assert.equal(initialsOf('👩‍👩‍👧 family'), '👩‍👩‍👧F');
    assert.equal(initialsOf('anna.berg'), 'AB');
    assert.equal(initialsOf('  '), '?');
  });

  it('has the same colour everywhere, and not the same for all', () => {
    const ids = Array.from({ length: 40 }, (_, at) => `0189-${at.toString(16).padStart(12, '0')}`);
    assert.equal(hueOf(ids[3]!), hueOf(ids[3]!));
    assert.ok(new Set(ids.map(hueOf)).size > 4);
  });

  it('shows no photo from elsewhere: it would tell who looks', () => {
    const own = 'https://chat.example';
    assert.equal(ownPhoto('/media/1', own), 'https://chat.example/media/1');
    assert.equal(ownPhoto('https://chat.example/media/1', own), 'https://chat.example/media/1');
    for (const photo of [
      'https://elsewhere.example/1.png',
      'javascript:alert(1)',
      'data:image/svg+xml,x',
      '//elsewhere.example/1',
      null,
    ])
      assert.equal(ownPhoto(photo, own), null, String(photo));
  });
});
