import type { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../history.ts';
import type { Names } from './names.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './rows.ts';

/** The jobs of who reads the newest of all streams, in the order in which it was stored. */
export function recentJobs(db: DatabaseSync, names: Names) {
  const newest = db.prepare('SELECT n, latest FROM events ORDER BY n DESC LIMIT 1');
  // `latest` grows with n: from the end back to where the time is over, and no further.
  const before = db.prepare('SELECT n FROM events WHERE n > ? AND latest < ? ORDER BY n DESC LIMIT 1');
  const after = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE n > ? ORDER BY n LIMIT ?`);

  return {
    /** Behind which event those of the last `ms` milliseconds begin, `most` of them at most. The time ends with the newest event. */
    'recent.start'({ ms, most }: { ms: number; most: number }): number {
      const last = newest.get() as { n: number; latest: number } | undefined;
      if (last === undefined) return 0;
      const least = Math.max(0, last.n - most);
      const found = before.get(least, last.latest - ms) as { n: number } | undefined;
      return found?.n ?? least;
    },

    /** `last`: the number of the last of them; null: there are no more. */
    'recent.read'({ n, limit }: { n: number; limit: number }): {
      events: StoredEvent[];
      last: number | null;
    } {
      const rows = after.all(n, limit) as unknown as EventRow[];
      return { events: rows.map((row) => toEvent(row, names)), last: rows.at(-1)?.n ?? null };
    },
  };
}
