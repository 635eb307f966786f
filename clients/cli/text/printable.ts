/**
 * What comes from others and goes to a terminal. Control characters could paint on it, move in it or type into it; the ones that turn
 * the direction of writing make a text look like another. They are made visible, and not dropped: nobody hides that something was there.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g;
/** Line and paragraph separators: some terminals end the row there, and others do not. */
const SEPARATORS = /[\u2028\u2029]/g;
/** More marks on one letter than any language writes reach into the rows above and below. */
const MARKS = /(\p{M}{6})\p{M}+/gu;
/** Letters that nobody sees, which make two names look the same: not the joiners that emoji and scripts are written with. */
const INVISIBLE =
  /\u034f|[\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu;

/** Text of one or more lines. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(SEPARATORS, '\n')
    .replace(FORBIDDEN, '\u{fffd}')
    .replace(MARKS, '$1');
}

/** For what stands in one line: names, reactions. Nobody writes a line in another's name. */
export function oneLine(text: string): string {
  return printable(text).replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}

/** The last door before the terminal: whatever a text has been through, no control character leaves. */
export function inert(text: string): string {
  return text.replace(/[\t\n]/g, ' ').replace(FORBIDDEN, '\u{fffd}');
}
