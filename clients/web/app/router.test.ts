import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Place, pathOf, placeOf } from './router.ts';

const part = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed());
const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.constant<Place>({ at: 'list' }),
  part.map((code): Place => ({ at: 'invite', code })),
  part.map((conversation): Place => ({ at: 'chat', where: { conversation } })),
  fc
    .tuple(part, fc.integer({ min: 1 }))
    .map(([conversation, seq]): Place => ({ at: 'chat', where: { conversation }, seq })),
  part.map((user): Place => ({ at: 'chat', where: { user } })),
  part.map((conversation): Place => ({ at: 'chat', where: { conversation }, find: true })),
  part.map((username): Place => ({ at: 'screen', name: 'user', path: [username] })),
  fc.array(part).map((path): Place => ({ at: 'screen', name: 'settings', path })),
);

describe('places', () => {
  it('are found again by their paths', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const [pathname, query = ''] = pathOf(place).split('?');
        assert.deepEqual(placeOf(pathname!, query), place);
      }),
    );
  });

  it('are the list, where a path is nothing', () => {
    for (const path of ['/', '/app', '/app/', '/app/chat', '/app/chat/', '/invite', '/invite/', '/nothing'])
      assert.notEqual(placeOf(path).at, 'chat', path);
    assert.deepEqual(placeOf('/nothing'), { at: 'list' });
    assert.deepEqual(placeOf('/app/chat/x', 'at=-1'), { at: 'chat', where: { conversation: 'x' } });
    assert.deepEqual(placeOf('/app/chat/%E0%A4%A'), { at: 'chat', where: { conversation: '%E0%A4%A' } });
  });
});
