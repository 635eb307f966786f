/** What is known of a stream: sequence numbers from–to, both included, ascending, apart from one another. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** With `first`–`last` as well. Neighbours become one. */
export function addRange(ranges: Ranges, first: number, last: number): Ranges {
  if (last < first) return ranges;
  const before = ranges.filter(([, end]) => end < first - 1);
  const after = ranges.filter(([start]) => start > last + 1);
  const joined = ranges.filter(([start, end]) => end >= first - 1 && start <= last + 1);
  return [
    ...before,
    [Math.min(first, joined[0]?.[0] ?? first), Math.max(last, joined.at(-1)?.[1] ?? last)],
    ...after,
  ];
}

export function rangeOf(ranges: Ranges, seq: number): readonly [number, number] | null {
  return ranges.find(([first, last]) => first <= seq && seq <= last) ?? null;
}
