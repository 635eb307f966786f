import type { Comparison } from './compare.ts';
import type { Progress } from './move.ts';

const EVERY_MS = 2_000;
const DOING = { reading: 'reads', writing: 'writes', comparing: 'compares' } as const;

/** Progress as lines for people: one every two seconds, and one whenever a part has begun. */
export function tellProgress(line: (text: string) => void): Progress {
  let begun = '';
  let from = { at: 0, rows: 0 };
  let next = 0;
  return {
    rows(doing, part, rows, total) {
      const now = performance.now();
      if (begun !== `${doing} ${part}`) {
        begun = `${doing} ${part}`;
        from = { at: now, rows };
        next = now + EVERY_MS;
      }
      if (now < next) return;
      next = now + EVERY_MS;
      const perSecond = Math.round(((rows - from.rows) * 1_000) / (now - from.at));
      const of = total === null ? '' : ` of ${count(total)}`;
      line(`  ${DOING[doing]} ${part}: ${count(rows)}${of} rows, ${count(perSecond)} a second`);
    },
    says: line,
  };
}

const count = (rows: number) => rows.toLocaleString('en');

/** What both sides have, a line a part. */
export function comparisonTable(destination: string, comparisons: Comparison[]): string {
  const rows = [
    [destination, 'data folder', 'server', 'SHA-256 of all rows', ''],
    ...comparisons.map(({ part, here, there, differences }) => [
      part,
      count(here.rows),
      count(there.rows),
      `${here.total.sum.slice(0, 16)} ${there.total.sum.slice(0, 16)}`,
      differences.length === 0 ? 'the same' : 'DIFFERENT',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const right = (column: number) => column === 1 || column === 2;
  return rows
    .map((row) =>
      row
        .map((cell, i) => (right(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What differs, a line each. */
export function differenceLines(destination: string, comparisons: Comparison[]): string[] {
  return comparisons.flatMap(({ part, differences }) =>
    differences.map((difference) => `${destination}, ${part}: ${difference}`),
  );
}
