import type { Range } from './history.ts';

/** The ranges in ascending order, empty ones left out, overlapping and adjacent ones made one; `to` is finite. */
export function mergeRanges(ranges: Range[]): { from: number; to: number }[] {
  const merged: { from: number; to: number }[] = [];
  const closed = ranges
    .map(({ from, to }) => ({ from, to: to ?? Number.MAX_SAFE_INTEGER }))
    .filter(({ from, to }) => from <= to)
    .sort((a, b) => a.from - b.from);
  for (const range of closed) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else merged.push(range);
  }
  return merged;
}
