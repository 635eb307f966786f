/** Hues that are told apart, and on which white is read. */
const HUES = [174, 205, 262, 330, 12, 28, 96, 150] as const;

/** The same for everybody, on every device: by the end of the id, which is random in a UUIDv7. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const character of id.slice(-12)) sum = (sum * 31 + character.codePointAt(0)!) >>> 0;
  return HUES[sum % HUES.length]!;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Of the first and the last word, as people see letters. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '');
  const first = (word: string | undefined) =>
    word === undefined ? '' : ([...graphemes.segment(word)][0]?.segment ?? '');
  const initials = first(words[0]) + (words.length > 1 ? first(words.at(-1)) : '');
  return initials.toLocaleUpperCase() || '?';
}

/**
 * A photo that may be shown: of this server alone. One from elsewhere would tell elsewhere who looks, and when; the page's policy
 * forbids it too.
 */
export function ownPhoto(photo: string | null, origin: string): string | null {
  if (photo === null) return null;
  const url = URL.parse(photo, origin);
  return url !== null && (url.origin === origin || url.protocol === 'blob:') ? url.href : null;
}
