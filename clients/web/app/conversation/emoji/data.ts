import address from 'emoji-picker-element-data/en/cldr-native/data.json?url';

/** One emoji, as the picker has it. */
export interface Emoji {
  emoji: string;
  name: string;
  /** What it is found by, in small letters. */
  words: string;
}

export interface EmojiGroup {
  group: 0 | 1 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  emoji: readonly Emoji[];
}

interface Row {
  emoji: string;
  annotation: string;
  tags?: string[];
  shortcodes?: string[];
  group: number;
}

/** Skin tones and hair: parts of emoji, not emoji. */
const PARTS = 2;
let loading: Promise<readonly EmojiGroup[]> | null = null;

/** All emoji, from our own origin; loaded once, when they are first asked for. */
export function loadEmoji(): Promise<readonly EmojiGroup[]> {
  loading ??= fetch(address)
    .then((answer) => {
      if (!answer.ok) throw new Error(`emoji: ${answer.status}`);
      return answer.json() as Promise<Row[]>;
    })
    .then(grouped);
  // What failed is tried again the next time.
  loading.catch(() => (loading = null));
  return loading;
}

function grouped(rows: readonly Row[]): readonly EmojiGroup[] {
  const groups = new Map<number, Emoji[]>();
  for (const { emoji, annotation, tags = [], shortcodes = [], group } of rows) {
    if (group === PARTS) continue;
    const words = [annotation, ...tags, ...shortcodes].join(' ').replaceAll('_', ' ').toLowerCase();
    const known = groups.get(group);
    const one = { emoji, name: annotation, words };
    if (known === undefined) groups.set(group, [one]);
    else known.push(one);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([group, emoji]) => ({ group, emoji }) as EmojiGroup);
}
