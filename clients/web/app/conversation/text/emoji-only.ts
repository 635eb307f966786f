/** Most that are shown large. */
const MOST = 3;
/** No text of so few emoji is longer, in UTF-16 units. */
const LONGEST = 120;

const EMOJI = /^\p{RGI_Emoji}$/v;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many emoji a text is made of; 0: of other things too, or of too many to be shown large. */
export function emojiOnly(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST) return 0;
  let count = 0;
  for (const { segment } of graphemes.segment(trimmed)) {
    if (!EMOJI.test(segment) || ++count > MOST) return 0;
  }
  return count;
}
