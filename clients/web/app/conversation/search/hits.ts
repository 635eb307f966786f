import type { StoredMessage } from '../../../../sdk/index.ts';

/** A message that was found. */
export interface Hit {
  key: string;
  seq: number;
}

/** What was found here and on the server as one list, newest first, each once. */
export function mergeHits(...found: (readonly StoredMessage[])[]): Hit[] {
  const hits = new Map<number, Hit>();
  for (const { key, seq } of found.flat()) if (seq !== null) hits.set(seq, { key, seq });
  return [...hits.values()].sort((a, b) => b.seq - a.seq);
}

/** Where a query stands in a text, letters large and small are one: from–to pairs, ascending. */
export function matchesIn(text: string, query: string): [number, number][] {
  const wanted = query.trim();
  if (wanted === '') return [];
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu');
  return [...text.matchAll(pattern)]
    .slice(0, 100)
    .map((found) => [found.index, found.index + found[0].length]);
}
