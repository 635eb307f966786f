import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Refused } from '../../protocol/errors.ts';
import { searchWords } from './search-words.ts';

it('takes any white space and control character between words, and drops what has no letter or number', () => {
  assert.deepEqual(searchWords(' a\tb\u0000c\n"d"  - * 7% é'), ['a', 'b', 'c', '"d"', '7%', 'é']);
});

it('refuses a query without words, or with too many', () => {
  const badQuery = (error: unknown) => error instanceof Refused && error.refusal.code === 'bad_query';
  for (const query of ['', ' \n', '"*" --', 'a '.repeat(65)])
    assert.throws(() => searchWords(query), badQuery);
  assert.equal(searchWords('a '.repeat(64)).length, 64);
});
