import { Refused } from '../../../protocol/errors.ts';
import { searchWords } from '../search-words.ts';

/** Letters, numbers and private use, with the marks that other scripts write vowels with. */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;
const ACCENTS = /[\u0300-\u036f]/g;

/** The words of a text in their order, without case and accents. */
export function wordsOf(text: string): string[] {
  const plain = text.toWellFormed().normalize('NFD').replace(ACCENTS, '').normalize('NFC').toLowerCase();
  return plain.match(WORD) ?? [];
}

/** What someone looks for: phrases of words; the very last word may be only begun. */
export interface Wanted {
  phrases: string[][];
  /** Whole words, each once. */
  whole: string[];
  begun: string;
}

/** @throws {Refused} bad_query */
export function wantedOf(query: string): Wanted {
  const phrases = searchWords(query)
    .map(wordsOf)
    .filter((phrase) => phrase.length > 0);
  const begun = phrases.at(-1)?.at(-1);
  if (begun === undefined) throw new Refused('bad_query', 'no word to search for');
  return { phrases, whole: [...new Set(phrases.flat().slice(0, -1))], begun };
}

/** Whether every phrase is there, its words side by side. The words are known to be there. */
export function holdsPhrases(words: string[], { phrases }: Wanted): boolean {
  return phrases.every((phrase, i) => {
    const begun = i === phrases.length - 1 ? phrase.length - 1 : -1;
    if (phrase.length === 1) return true;
    return words.some((_, from) =>
      phrase.every((word, n) =>
        n === begun ? words[from + n]?.startsWith(word) === true : words[from + n] === word,
      ),
    );
  });
}
