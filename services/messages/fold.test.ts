import assert from 'node:assert/strict';
import { it } from 'node:test';
import { foldOf, MOST_NAMED } from './fold.ts';

const group = (emoji: string, count: number, since: number) => ({
  emoji,
  count,
  since,
  users: Array.from({ length: count }, (_, i) => `user ${i}`),
});

it('is null when nothing became of the message', () => {
  assert.equal(foldOf(null, []), null);
});

it('puts the most used emoji first, then the earliest, then by the emoji itself', () => {
  const fold = foldOf(null, [group('d', 1, 5), group('c', 1, 9), group('b', 2, 9), group('a', 1, 9)]);
  assert.deepEqual(
    fold?.reactions?.map((reaction) => reaction.emoji),
    ['b', 'd', 'a', 'c'],
  );
  assert.equal('edited' in fold!, false);
});

it('counts all and names the first', () => {
  const [reaction] = foldOf(null, [group('a', MOST_NAMED + 7, 1)])!.reactions!;
  assert.equal(reaction?.count, MOST_NAMED + 7);
  assert.equal(reaction?.users.length, MOST_NAMED);
  assert.equal(reaction?.users[0], 'user 0');
});
