import type { StoredEvent } from '../history.ts';

/** What a content is found by: its text, also the fallback text of a typed one; of a file its caption and its name. */
export function searchText(content: { type?: unknown; text?: unknown; name?: unknown }): string | null {
  const text = typeof content.text === 'string' ? content.text : '';
  if (content.type !== 'media' || typeof content.name !== 'string') return text === '' ? null : text;
  return text === '' ? content.name : `${text} ${content.name}`;
}

/** The content is gone: deleted, expired, or due at `now` (milliseconds since the epoch) and not swept yet. */
export function isRemoved({ body, expires }: StoredEvent, now: number): boolean {
  if (expires !== null && expires <= now) return true;
  const { deleted, expired } = JSON.parse(body) as { deleted?: boolean; expired?: boolean };
  return deleted === true || expired === true;
}

/**
 * Mentions of those who are members. The others are left out rather than the message refused, as they may have left while it was on its way; what
 * counts is what the event says.
 */
export function mentionsOf(
  mentions: readonly string[] | undefined,
  isMember: (user: string) => boolean,
): string[] | undefined {
  const members = mentions?.filter(isMember);
  return members?.length === 0 ? undefined : members;
}
