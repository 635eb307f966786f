/**
 * Where in a list of blocks of rows the lower edge of a view stands. Counted from the block at the edge, so that what is added before it,
 * or behind it, moves nothing, and only the blocks in view are ever laid out.
 */
export interface Edge {
  /** The block that the last row of the view is of. */
  index: number;
  /** Rows of that block that lie below the edge. */
  below: number;
}

export interface Blocks {
  count: number;
  /** Rows of a block, at least one. */
  height(index: number): number;
}

export const atEnd = (blocks: Blocks, { index, below }: Edge): boolean =>
  index >= blocks.count - 1 && below === 0;

/** So many rows back, or on where `rows` is negative; no further than the first block's first row is the first of the view. */
export function scrolled(
  blocks: Blocks,
  edge: Edge,
  rows: number,
  height: number,
): Edge & { hitStart: boolean } {
  if (blocks.count === 0) return { index: -1, below: 0, hitStart: true };
  let { index, below } = edge;
  below += rows;
  while (below < 0 && index < blocks.count - 1) below += blocks.height(++index);
  below = Math.max(0, below);
  while (below >= blocks.height(index) && index > 0) below -= blocks.height(index--);
  below = Math.min(below, blocks.height(index) - 1);
  // Rows that are missing at the upper edge are taken back.
  let missing = height - above(blocks, { index, below }, height);
  const hitStart = missing > 0 || above(blocks, { index, below }, height + 1) === height;
  while (missing > 0) {
    if (below >= missing) {
      below -= missing;
      break;
    }
    if (index === blocks.count - 1) {
      below = 0;
      break;
    }
    missing -= below + 1;
    below = blocks.height(++index) - 1;
  }
  return { index, below, hitStart };
}

/** Rows from the edge up to the first, counted to `most`. */
function above(blocks: Blocks, { index, below }: Edge, most: number): number {
  let rows = -below;
  for (let at = index; at >= 0 && rows < most; at--) rows += blocks.height(at);
  return Math.min(rows, most);
}

/** Scrolled as little as needed for a block to be in view, its first row rather than its last. */
export function revealing(blocks: Blocks, edge: Edge, wanted: number, height: number): Edge {
  if (wanted > edge.index || (wanted === edge.index && edge.below > 0 && blocks.height(wanted) <= height))
    return { index: wanted, below: Math.max(0, blocks.height(wanted) - height) };
  let rows = -edge.below;
  for (let at = edge.index; at >= wanted; at--) {
    rows += blocks.height(at);
    if (rows > height && at === wanted) break;
    if (rows > height * 3) break;
  }
  if (rows <= height) return edge;
  // Its first row at the upper edge.
  let left = height;
  let index = wanted;
  while (index < blocks.count - 1 && blocks.height(index) < left) left -= blocks.height(index++);
  return { index, below: Math.max(0, blocks.height(index) - left) };
}

/** The blocks in view from the top, each with the rows of it that are seen: from `first`, so many. */
export function inView(
  blocks: Blocks,
  edge: Edge,
  height: number,
): { index: number; first: number; rows: number }[] {
  const seen: { index: number; first: number; rows: number }[] = [];
  let left = height;
  for (let index = edge.index; index >= 0 && left > 0; index--) {
    const whole = blocks.height(index) - (index === edge.index ? edge.below : 0);
    const rows = Math.min(whole, left);
    seen.unshift({ index, first: whole - rows, rows });
    left -= rows;
  }
  return seen;
}
