import type { Entry } from '../../../../sdk/index.ts';

/** Messages of one sender that are no further apart stand together, milliseconds. */
export const TOGETHER_MS = 5 * 60_000;

/** An entry as the list shows it: with what stands above it, and its place among its sender's. */
export interface Row {
  key: string;
  entry: Entry;
  /** The day that begins with it, `YYYY-MM-DD` by this device's zone; null: it goes on. */
  day: string | null;
  /** The day it is of, whether or not it is the first. */
  date: string;
  /** How many unread messages begin with it; null: none do. */
  unread: number | null;
  /** The first, the last of a group of one sender's. */
  first: boolean;
  last: boolean;
}

export interface RowsOptions {
  me: string;
  /** Where the unread ones began when the conversation was opened; null: there were none. */
  unread: { after: number; count: number } | null;
  /** By this device's clock, for what has no time of the server yet: milliseconds since the Unix epoch. */
  now: number;
}

/** @param before the rows as they were: those that are the same stay the same objects, so that they need not be drawn again */
export function rowsOf(
  entries: readonly Entry[],
  { me, unread, now }: RowsOptions,
  before: readonly Row[] = [],
): Row[] {
  const known = new Map(before.map((row) => [row.key, row]));
  let marked = false;
  const rows: Row[] = entries.map((entry, at) => {
    const previous = entries[at - 1];
    const date = dayOf(entry.time ?? now);
    const starts = previous === undefined || dayOf(previous.time ?? now) !== date;
    const first = starts || !together(previous, entry, now);
    let divider: number | null = null;
    if (!marked && unread !== null && isUnread(entry, unread.after, me)) {
      marked = true;
      // Where it is the oldest that is here, they may begin further back.
      if (previous !== undefined || entry.seq === unread.after + 1) divider = unread.count;
    }
    return {
      key: entry.key,
      entry,
      day: starts ? date : null,
      date,
      unread: divider,
      first: first || divider !== null,
      last: true,
    };
  });
  for (const [at, row] of rows.entries()) {
    const next = rows[at + 1];
    row.last = next === undefined || next.first;
  }
  return rows.map((row) => {
    const was = known.get(row.key);
    return was !== undefined && same(was, row) ? was : row;
  });
}

/** The calendar day by this device's zone, `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function together(previous: Entry, entry: Entry, now: number): boolean {
  if (previous.type !== 'message' || entry.type !== 'message' || previous.sender !== entry.sender)
    return false;
  return Math.abs((entry.time ?? now) - (previous.time ?? now)) <= TOGETHER_MS;
}

const isUnread = (entry: Entry, after: number, me: string): boolean =>
  entry.type === 'message' && entry.seq !== null && entry.seq > after && entry.sender !== me;

const same = (a: Row, b: Row): boolean =>
  a.entry === b.entry &&
  a.day === b.day &&
  a.date === b.date &&
  a.unread === b.unread &&
  a.first === b.first &&
  a.last === b.last;
