import type { Content } from '../../../../sdk/index.ts';

/** What a bot offers to press. A link is opened; data is sent back. */
export type Pressable = { label: string; data: string } | { label: string; url: string };

const MOST_ROWS = 10;
const MOST_IN_ROW = 5;
const LONGEST = { label: 64, data: 256, url: 2048 } as const;

const isText = (value: unknown, kind: keyof typeof LONGEST): value is string =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST[kind];
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Of `buttons`: what is not as it has to be is left out, so that whatever came can be shown. */
export function buttonRows(content: Content): Pressable[][] {
  const { rows } = content as { rows?: unknown };
  if (!Array.isArray(rows)) return [];
  return rows
    .slice(0, MOST_ROWS)
    .map((row) =>
      Array.isArray(row)
        ? row
            .slice(0, MOST_IN_ROW)
            .map(pressable)
            .filter((one) => one !== null)
        : [],
    )
    .filter((row) => row.length > 0);
}

/** Of `quick_replies`: what each says. */
export function quickReplies(content: Content): string[] {
  const { replies } = content as { replies?: unknown };
  if (!Array.isArray(replies)) return [];
  return replies
    .slice(0, MOST_ROWS)
    .map((reply) => (isRecord(reply) && isText(reply.label, 'label') ? reply.label : null))
    .filter((label) => label !== null);
}

function pressable(value: unknown): Pressable | null {
  if (!isRecord(value) || !isText(value.label, 'label')) return null;
  const { label, data, url } = value;
  if (isText(url, 'url')) {
    const parsed = URL.parse(url);
    const isSafe =
      parsed !== null &&
      (parsed.protocol === 'https:' || parsed.protocol === 'http:') &&
      parsed.username === '' &&
      parsed.password === '';
    return isSafe ? { label, url: parsed.href } : null;
  }
  return isText(data, 'data') ? { label, data } : null;
}
