import { useRef } from 'preact/hooks';
import type { Entry } from '../../../../sdk/index.ts';
import type { PaneState } from '../state.ts';
import { type Row, rowsOf } from './rows.ts';

/** The entries of a view as rows; the same as before where they are. */
export function useRows({ view, me, opened }: PaneState): readonly Row[] {
  const known = useRef<{ entries: readonly Entry[]; rows: readonly Row[] }>({ entries: [], rows: [] });
  const entries = view.entries.value;
  if (entries !== known.current.entries) {
    const rows = rowsOf(entries, { me, unread: opened, now: Date.now() }, known.current.rows);
    known.current = { entries, rows };
  }
  return known.current.rows;
}
