import { Refused } from '../../protocol/errors.ts';

const MOST_WORDS = 64;
/** What the index takes for part of a word (unicode61 of SQLite FTS5): letters, numbers, private use. */
const PART_OF_A_WORD = /[\p{L}\p{N}\p{Co}]/u;

/**
 * The words of what someone typed into a search box: no operators, no syntax. All must be found; the last one may be
 * the beginning of a word.
 * @throws {Refused} bad_query when there is no word in it, or more than 64
 */
export function searchWords(query: string): string[] {
  const words = query
    .toWellFormed()
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => PART_OF_A_WORD.test(word));
  if (words.length === 0) throw new Refused('bad_query', 'no word to search for');
  if (words.length > MOST_WORDS) throw new Refused('bad_query', `at most ${MOST_WORDS} words`);
  return words;
}
