import type { Measure } from './generator/job.ts';
import type { Column, Lookup, Scenario } from './scenarios.ts';
import { median } from './stats.ts';

/** All that was taken of one case on one system. */
export interface Row {
  case: string;
  system: string;
  label: string;
  measures: Measure[];
  /** Why a run of it failed, refusals, and the like. */
  notes: string[];
}

/** What must be zero: every message is acknowledged, and reaches every receiver once and in order. */
const FAULTS = ['unacked', 'lost', 'duplicates', 'misordered', 'strays', 'refused'];
/** From this percentage of a core on, a process has no more to give. */
const BUSY = 90;

export function medians(measures: Measure[]): Measure | undefined {
  const first = measures[0];
  if (first === undefined) return undefined;
  return Object.fromEntries(
    Object.keys(first).map((key) => [key, median(measures.map((measure) => measure[key]!))]),
  );
}

/** Faults over all runs, e.g. `3 lost, 1 refused`; empty when there were none. */
export function faults(measures: Measure[]): string {
  return FAULTS.map((key) => [measures.reduce((sum, measure) => sum + (measure[key] ?? 0), 0), key] as const)
    .filter(([count]) => count !== 0)
    .map(([count, key]) => `${count} ${key}`)
    .join(', ');
}

/** True when the load generator was at its limit and the server was not: the figure is the generator's. */
export const generatorBound = (measure: Measure) =>
  (measure.ownCpu ?? 0) >= BUSY && (measure.serverCpu ?? Number.POSITIVE_INFINITY) < BUSY;

/** A table in Markdown, padded to be read as plain text too. Numbers (all but the first two columns) to the right. */
export function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length), 3));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

const number = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function plainTable(columns: Column[], rows: Row[]): string {
  const cells = rows.map((row) => {
    const measure = medians(row.measures);
    return [row.case, row.label, ...columns.map(({ key, digits }) => number(measure?.[key], digits))];
  });
  return table(['case', 'system', ...columns.map(({ title }) => title)], cells);
}

/** One scenario: its table, its goals, and what went wrong. */
export function section(scenario: Scenario, rows: Row[]): string {
  const of: Lookup = (system, title) =>
    medians(rows.find((row) => row.system === system && row.case === title)?.measures ?? []);
  const { columns, ratio } = scenario;
  const header = ['case', 'system', ...columns.map((column) => column.title)];
  if (ratio !== null) header.push(`${ratio.title} to ${ratio.toTitle}`);
  let bound = false;
  const cells = rows.map((row) => {
    const measure = medians(row.measures);
    const own = measure !== undefined && generatorBound(measure);
    bound ||= own;
    const line = [row.case, row.label + (own ? ' †' : '')];
    for (const column of columns) line.push(number(measure?.[column.key], column.digits));
    if (ratio !== null) {
      line.push(
        number((measure?.[ratio.key] ?? Number.NaN) / (of(ratio.to, row.case)?.[ratio.key] ?? Number.NaN), 2),
      );
    }
    return line;
  });
  const parts = [`## ${scenario.number}. ${scenario.title}`, scenario.about, table(header, cells)];
  if (scenario.more !== undefined) parts.push(scenario.more.about, plainTable(scenario.more.columns, rows));
  if (bound)
    parts.push('† The load generator was at its limit and the server was not: the server can do more.');
  const goals = scenario.goals.map((goal) => verdict(goal, of)).filter((text) => text !== null);
  if (goals.length > 0) parts.push(goals.join('\n'));
  const remarks = rows.flatMap((row) => {
    const wrong = faults(row.measures);
    return [...(wrong === '' ? [] : [wrong]), ...row.notes].map(
      (note) => `- ${row.label}, ${row.case}: ${note}`,
    );
  });
  parts.push(
    remarks.length > 0
      ? [...new Set(remarks)].join('\n')
      : 'Every message was acknowledged and delivered once and in order.',
  );
  if (scenario.number > 3 && remarks.length === 0) parts.pop();
  return parts.join('\n\n');
}

/** Null when it was not measured. */
export function verdict(goal: Scenario['goals'][number], of: Lookup): string | null {
  const value = goal.value(of);
  if (value === undefined || Number.isNaN(value)) return null;
  const reached = goal.better === 'higher' ? value >= goal.limit : value <= goal.limit;
  const sign = goal.better === 'higher' ? '≥' : '≤';
  return `- **${reached ? 'pass' : 'MISS'}** ${goal.title}: ${number(value, 2)} (goal ${sign} ${goal.limit})`;
}
