/** What a message shows of a long text at first. */
const MOST_CHARACTERS = 1_500;
const MOST_LINES = 24;

/** The beginning of a text that is too long to be shown whole; null: it is not. */
export function beginningOf(text: string): string | null {
  let end = text.length > MOST_CHARACTERS * 1.2 ? MOST_CHARACTERS : text.length;
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1))
    if (++lines === MOST_LINES) end = at;
  if (end === text.length || text.slice(end).trim() === '') return null;
  // Not within a word, nor within a letter of two units.
  const space = text.lastIndexOf(' ', end);
  if (space > end - 40) end = space;
  else if (/[\udc00-\udfff]/.test(text[end]!)) end--;
  return text.slice(0, end);
}
