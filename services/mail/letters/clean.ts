/** Everything that ends a line, moves the cursor, or turns the direction of what follows (UAX #9 §2): none of it is part of a name. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
/** A half of a character. */
const HALF = /\p{Cs}/gu;
/** Where a mail program would see the beginning of an address of the web or of mail. */
const LINKED = /(?<=[^\s])([.:@])(?=[^\s])/gu;
const WORD_JOINER = '\u2060';

/** What people typed, on one line, of `most` characters at most. */
export function oneLine(text: string, most: number): string {
  const line = text.replaceAll(UNSEEN, ' ').replaceAll(HALF, '\ufffd').replaceAll(/\s+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= most
    ? line
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/**
 * The same, of which no mail program makes a link: a mail of ours is trusted, and a device that calls itself an address of the web is not
 * to lead anywhere.
 */
export function unlinked(text: string, most: number): string {
  return oneLine(text, most).replaceAll(LINKED, `$1${WORD_JOINER}`);
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML, between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
