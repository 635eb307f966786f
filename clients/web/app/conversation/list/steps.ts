/** One change of a list, small enough for a virtual list to keep its place. */
export interface Step<T> {
  rows: readonly T[];
  /** What it adds or takes away is at the start: places are kept from the end. */
  shift: boolean;
  /** Nothing of the list before is in it: there is no place to keep. */
  fresh: boolean;
}

/**
 * The way from one list to the next. A virtual list that is told of both ends at once cannot tell how far what one reads has moved, so the
 * start changes first and the rest after it. Lists that have nothing in common are a new list.
 */
export function stepsBetween<T extends { key: string }>(
  before: readonly T[],
  after: readonly T[],
): Step<T>[] {
  const known = new Map(before.map(({ key }, at) => [key, at]));
  const at = after.findIndex(({ key }) => known.has(key));
  if (at === -1) return [{ rows: after, shift: false, fresh: true }];
  const was = known.get(after[at]!.key)!;
  if (at === was) return [{ rows: after, shift: false, fresh: false }];
  // The new start, with what was kept of the old rows behind it.
  const kept = new Map(after.map((row) => [row.key, row]));
  const rest = before.slice(was).map((row) => kept.get(row.key) ?? row);
  const started = [...after.slice(0, at), ...rest];
  const done = started.length === after.length && started.every((row, index) => row === after[index]);
  return done
    ? [{ rows: after, shift: true, fresh: false }]
    : [
        { rows: started, shift: true, fresh: false },
        { rows: after, shift: false, fresh: false },
      ];
}
