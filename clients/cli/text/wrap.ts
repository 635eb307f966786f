import { graphemesOf, widthOf } from './width.ts';

/** Texts that have been wrapped lately: a picture is drawn for every key, and the messages in it are mostly the same. */
const MOST_KEPT = 400;
const kept = new Map<string, readonly string[]>();

/**
 * Rows no wider than `width` columns. Breaks at spaces where it can, inside a word where it must, never inside a letter; a newline begins
 * a new row. A letter wider than the row is replaced.
 */
export function wrap(text: string, width: number): readonly string[] {
  const key = `${width}/${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const rows = text
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap((line) => wrapLine(line, width));
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
  kept.set(key, rows);
  return rows;
}

function wrapLine(line: string, width: number): string[] {
  if (line.length <= width && widthOf(line) <= width) return [line];
  const rows: string[] = [];
  let row = '';
  let used = 0;
  const end = () => {
    rows.push(row);
    row = '';
    used = 0;
  };
  // Spaces stand with the word before them: those at the end of a row are not seen.
  for (const word of line.match(/ +|[^ ]+/g) ?? []) {
    const wide = widthOf(word);
    if (word.startsWith(' ')) {
      if (used + wide <= width) {
        row += word;
        used += wide;
      } else end();
      continue;
    }
    if (used > 0 && used + wide > width) {
      row = row.trimEnd();
      end();
    }
    if (used + wide <= width) {
      row += word;
      used += wide;
      continue;
    }
    for (const letter of graphemesOf(word)) {
      const columns = widthOf(letter);
      const shown = columns > width ? '…' : letter;
      if (used + Math.min(columns, width) > width) end();
      row += shown;
      used += widthOf(shown);
    }
  }
  rows.push(row);
  return rows;
}
