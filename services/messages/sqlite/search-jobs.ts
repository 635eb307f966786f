import type { DatabaseSync } from 'node:sqlite';
import type { FoldedEvent, Range } from '../history.ts';
import { mergeRanges } from '../ranges.ts';
import { folder } from './fold-rows.ts';
import type { Names } from './names.ts';
import { EVENT_COLUMNS, type EventRow } from './rows.ts';
import { type SearchIndex, streamWord } from './search-index.ts';

/** Events indexed in one transaction: small, as appends wait for it. */
const IDLE_STEP = 200;
const CATCH_UP_STEP = 1_000;
/** With more streams than this, filtering by table is cheaper than walking their postings together. */
const MOST_STREAM_WORDS = 256;

export interface FindArgs {
  where: { stream: string; ranges: Range[] }[];
  words: string[];
  before: { time: number; stream: string; seq: number } | null;
  limit: number;
}

interface FoundRow extends EventRow {
  name: string;
  latest: number;
}

/** Newest first by (time, stream, seq). */
function newestFirst(a: FoundRow, b: FoundRow): number {
  if (a.time !== b.time) return b.time - a.time;
  if (a.name !== b.name) return a.name < b.name ? 1 : -1;
  return b.seq - a.seq;
}

/** As FTS5 reads it: every word a quoted string, in which only the quote itself has a meaning. */
const quoted = (word: string) => `"${word.replaceAll('"', '""')}"`;

export function searchIndexJobs(search: SearchIndex) {
  return {
    /** For idle time. True: there is more to do. */
    'search.idle': (): boolean => search.step(IDLE_STEP),
    /**
     * For a search that begins now, a step at a time so that others get their turn. First without `to`; `more` true: call
     * again with the `to` of the answer.
     */
    'search.catchUp'({ to = search.last }: { to?: number }): { to: number; more: boolean } {
      return { to, more: search.step(CATCH_UP_STEP, to) };
    },
  };
}

export function searchJobs(db: DatabaseSync, names: Names) {
  const fold = folder(db, names);
  const find = db.prepare(`
    WITH allowed AS MATERIALIZED (
      SELECT s.n, s.name, asked.value ->> 'from' AS first, asked.value ->> 'to' AS last
      FROM json_each(:ranges) asked JOIN names s ON s.name = asked.value ->> 'stream')
    SELECT ${EVENT_COLUMNS}, e.latest, a.name
    FROM search f CROSS JOIN events e ON e.n = f.rowid
    CROSS JOIN allowed a ON a.n = e.stream AND e.seq BETWEEN a.first AND a.last
    WHERE search MATCH :match
      AND (:time IS NULL OR (e.time, a.name, e.seq) < (:time, :stream, :seq))
    ORDER BY f.rowid DESC`);

  function match(where: FindArgs['where'], words: string[]): string {
    const text = words.map(quoted).join(' AND ');
    const streams = where.map(({ stream }) => names.find(stream)).filter((n) => n !== null);
    const within =
      streams.length > MOST_STREAM_WORDS ? '' : `stream : (${streams.map(streamWord).join(' OR ')}) AND `;
    return streams.length === 0 ? '' : `${within}text : (${text} *)`;
  }

  return {
    'search.find'({ where, words, before, limit }: FindArgs): FoldedEvent[] {
      const expression = match(where, words);
      if (expression === '' || limit <= 0) return [];
      const ranges = where.flatMap(({ stream, ranges }) =>
        mergeRanges(ranges).map((range) => ({ stream, ...range })),
      );
      let found: FoundRow[] = [];
      const rows = find.iterate({
        ranges: JSON.stringify(ranges),
        match: expression,
        time: before?.time ?? null,
        stream: before?.stream ?? null,
        seq: before?.seq ?? null,
      });
      // Rows come newest appended first, which is nearly newest first: as soon as nothing that was appended earlier can
      // be newer than what is already found, the rest need not be looked at.
      for (const row of rows as Iterable<unknown> as Iterable<FoundRow>) {
        if (found.length >= limit && row.latest < found[limit - 1]!.time) break;
        found.push(row);
        found.sort(newestFirst);
        found = found.slice(0, limit);
      }
      return fold(found);
    },
  };
}
