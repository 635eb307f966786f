import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Blocks, type Edge, inView, revealing, scrolled } from './scroll.ts';

const blocksOf = (heights: number[]): Blocks => ({
  count: heights.length,
  height: (index) => heights[index]!,
});
const end = (heights: number[]): Edge => ({ index: heights.length - 1, below: 0 });

/** Rows below the edge: the naive measure of a place. */
const belowEdge = (heights: number[], { index, below }: Edge) =>
  heights.slice(index + 1).reduce((sum, height) => sum + height, below);

const heights = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 });

describe('scrolling', () => {
  it('goes as many rows as it is told, as far as there are rows, as one long column would', () => {
    fc.assert(
      fc.property(
        heights,
        fc.array(fc.integer({ min: -60, max: 60 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        (all, steps, height) => {
          const total = all.reduce((sum, one) => sum + one, 0);
          let edge: Edge = end(all);
          let naive = 0;
          for (const step of steps) {
            edge = scrolled(blocksOf(all), edge, step, height);
            naive = Math.max(0, Math.min(naive + step, total - height));
            assert.equal(belowEdge(all, edge), naive);
            assert.ok(edge.below < all[edge.index]!);
          }
        },
      ),
    );
  });

  it('says when the first row is reached', () => {
    const blocks = blocksOf([3, 3, 3]);
    assert.equal(scrolled(blocks, { index: 2, below: 0 }, 2, 5).hitStart, false);
    assert.equal(scrolled(blocks, { index: 2, below: 0 }, 4, 5).hitStart, true);
    assert.equal(scrolled(blocks, { index: 2, below: 0 }, 400, 5).hitStart, true);
  });

  it('shows exactly the rows above the edge, as many as there is room for', () => {
    fc.assert(
      fc.property(heights, fc.nat(200), fc.integer({ min: 1, max: 40 }), (all, back, height) => {
        const edge = scrolled(blocksOf(all), end(all), back, height);
        const column = all.flatMap((rows, index) =>
          Array.from({ length: rows }, (_, row) => `${index}/${row}`),
        );
        const seen = inView(blocksOf(all), edge, height).flatMap(({ index, first, rows }) =>
          Array.from({ length: rows }, (_, row) => `${index}/${first + row}`),
        );
        const upTo = column.length - belowEdge(all, edge);
        assert.deepEqual(seen, column.slice(Math.max(0, upTo - height), upTo));
      }),
    );
  });

  it('brings a block into view, its first row at least', () => {
    fc.assert(
      fc.property(
        heights,
        fc.nat(300),
        fc.nat(39),
        fc.integer({ min: 2, max: 40 }),
        (all, back, wanted, height) => {
          const index = wanted % all.length;
          const from = scrolled(blocksOf(all), end(all), back, height);
          const edge = revealing(blocksOf(all), from, index, height);
          const seen = inView(blocksOf(all), edge, height).find((block) => block.index === index);
          assert.equal(seen?.first, 0);
        },
      ),
    );
  });

  it('measures what is in view, and no more, in a conversation of any length', () => {
    let measured = 0;
    const blocks: Blocks = {
      count: 100_000,
      height: () => {
        measured++;
        return 2;
      },
    };
    const edge = scrolled(blocks, { index: 99_999, below: 0 }, 20, 30);
    inView(blocks, edge, 30);
    assert.ok(measured < 200, `${measured}`);
  });
});
