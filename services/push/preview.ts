/** Characters of a message that a notification shows; a sender shortens further where its vendor takes less. */
const MOST_CHARACTERS = 240;

/** What a notification says where the message is not to be shown, or cannot be. Apps say it in the language of their user: by `kind`. */
export const NEW_MESSAGE = 'New message';

/**
 * What can be shown of a message's content: its text, in one line. Null: nothing, as of content that only its readers can read, or of a kind that is
 * not known and says nothing of itself.
 */
export function previewOf(content: unknown): string | null {
  if (typeof content !== 'object' || content === null) return null;
  const { type, text } = content as { type?: unknown; text?: unknown };
  if (
    typeof text !== 'string' ||
    typeof type !== 'string' ||
    /(^|[._])(encrypted|sealed|mls)([._]|$)/.test(type)
  )
    return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  return line === '' ? null : shortened(line);
}

/** Never through the middle of what is seen as one character. */
export function shortened(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(
    text.slice(0, most * 2),
  )) {
    if (kept.length + segment.length > most - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
