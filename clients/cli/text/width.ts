import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes in a terminal: two for wide letters and emoji, none for marks. */
export const widthOf = (text: string): number => stringWidth(text);

/** What a reader takes for one letter, in order: an emoji with its skin, a letter with its marks. */
export function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** As much of the text as fits, with … where something is missing. */
export function cut(text: string, width: number): string {
  // No letter is wider than two columns: what is much longer need not be measured.
  const near = text.length > width * 32 + 64 ? text.slice(0, width * 32 + 64).toWellFormed() : text;
  if (near === text && widthOf(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let used = 0;
  for (const letter of graphemesOf(near)) {
    const wide = widthOf(letter);
    if (used + wide > width - 1) return `${kept}…`;
    kept += letter;
    used += wide;
  }
  return near === text ? kept : `${kept}…`;
}

/** Exactly so wide: cut, or with spaces behind it. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}
