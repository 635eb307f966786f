import type { DatabaseSync } from 'node:sqlite';
import type { Names } from './names.ts';
import type { Removal } from './removal.ts';

interface DueRow {
  n: number;
  stream: number;
  seq: number;
  type: string;
  body: string;
  text: string | null;
  removed: string | null;
}

/** Removes what has expired. */
export function expiryJobs(db: DatabaseSync, names: Names, removal: Removal) {
  const due = db.prepare('SELECT n FROM events WHERE expires <= ? ORDER BY expires, n LIMIT ?');
  const one = db.prepare('SELECT n, stream, seq, type, body, text, removed FROM events WHERE n = ?');

  return {
    'history.expire'({ now, limit }: { now: number; limit: number }): { stream: string; seq: number }[] {
      names.verify();
      const removed: { stream: string; seq: number }[] = [];
      for (const { n } of due.all(now, limit) as { n: number }[]) {
        // Read one by one: a message takes its edits with it, which may have been due as well.
        const row = one.get(n) as unknown as DueRow;
        if (row.removed !== null) continue;
        for (const gone of removal.remove(row, 'expired')) {
          const { stream, seq } = one.get(gone) as unknown as DueRow;
          removed.push({ stream: names.text(stream), seq });
        }
      }
      return removed;
    },
  };
}
