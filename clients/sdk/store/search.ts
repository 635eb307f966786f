import type { StoredMessage } from './entries.ts';
import type { Shelf } from './shelf.ts';

/** Entries that are looked at in one step. */
const STEP = 200;

/**
 * Messages that are here and whose text has it, newest first; letters large and small are one. Looks through at most `scan` entries: what
 * is older is for the server's search.
 */
export async function searchHere(
  shelf: Shelf,
  query: string,
  { conversation, limit = 50, scan = 20_000 }: { conversation?: string; limit?: number; scan?: number },
): Promise<StoredMessage[]> {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  const ids =
    conversation !== undefined
      ? [conversation]
      : [...shelf.conversations.values()]
          .sort((a, b) => b.shown.time - a.shown.time)
          .map((kept) => kept.shown.id);
  const found: StoredMessage[] = [];
  let left = scan;
  for (const id of ids) {
    const before = found.length;
    for (let last = Number.MAX_SAFE_INTEGER - 1; left > 0 && found.length - before < limit; ) {
      const entries = await shelf.entries(id, 1, last, { last: Math.min(STEP, left) });
      left -= entries.length;
      for (const entry of entries.reverse())
        if (entry.type === 'message' && textOf(entry).includes(wanted)) found.push(entry);
      const oldest = entries.at(-1)?.seq;
      if (oldest === undefined || oldest === null) break;
      last = oldest - 1;
    }
  }
  return found.sort((a, b) => (b.time ?? 0) - (a.time ?? 0)).slice(0, limit);
}

function textOf({ content }: StoredMessage): string {
  const text = content?.text;
  return typeof text === 'string' ? text.toLowerCase() : '';
}
