/** Rows more than are seen, on either side: what is scrolled to is there before it is seen. */
const BESIDE = 6;

/** Of rows of one height, those that are to be there: from the first on, before the last. */
export function windowOf(view: { rows: number; rowHeight: number; top: number; height: number }): {
  from: number;
  to: number;
} {
  const { rows, rowHeight, top, height } = view;
  const first = Math.floor(Math.max(0, top) / rowHeight) - BESIDE;
  const last = Math.ceil((Math.max(0, top) + height) / rowHeight) + BESIDE;
  const to = Math.max(0, Math.min(rows, last));
  return { from: Math.max(0, Math.min(first, to)), to };
}

/** Where to scroll to, so that a whole row is seen; `top` where it is already. */
export function scrollTo(row: number, view: { rowHeight: number; top: number; height: number }): number {
  const { rowHeight, top, height } = view;
  if (row * rowHeight < top) return row * rowHeight;
  return Math.max(top, (row + 1) * rowHeight - height);
}
