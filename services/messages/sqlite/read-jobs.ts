import type { DatabaseSync } from 'node:sqlite';
import type { FoldedEvent, Head, Range, StoredEvent } from '../history.ts';
import { mergeRanges } from '../ranges.ts';
import { folder } from './fold-rows.ts';
import type { Names } from './names.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './rows.ts';

export interface PageArgs {
  stream: string;
  ranges: Range[];
  before?: number;
  after?: number;
  limit: number;
}

export interface UnreadArgs {
  asked: { stream: string; after: number; to: number | null }[];
  user: string;
  most: number;
}

/** The jobs that read history. All navigate by index: nothing is skipped over, at any depth. */
export function readJobs(db: DatabaseSync, names: Names) {
  const fold = folder(db, names);
  const ascending = db.prepare(`
    SELECT ${EVENT_COLUMNS} FROM events e WHERE stream = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`);
  const descending = db.prepare(`
    SELECT ${EVENT_COLUMNS} FROM events e WHERE stream = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`);
  const byCommand = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE id = ? AND user = ?`);
  const heads = db.prepare(`
    SELECT h.stream AS name, h.seq AS head, (SELECT time FROM events WHERE stream = h.n AND seq = h.seq) AS headTime,
      ${EVENT_COLUMNS}
    FROM (
      SELECT s.n, s.name AS stream, (SELECT max(seq) FROM events WHERE stream = s.n) AS seq,
        (SELECT max(seq) FROM events WHERE stream = s.n AND type = 'message') AS message
      FROM json_each(?) asked JOIN names s ON s.name = asked.value
    ) h LEFT JOIN events e ON e.stream = h.n AND e.seq = h.message
    WHERE h.seq IS NOT NULL`);
  const unread = db.prepare(`
    SELECT asked.value ->> 'stream' AS stream, (
      SELECT count(*) FROM (
        SELECT 1 FROM events e
        WHERE e.type = 'message' AND e.stream = s.n AND e.seq > (asked.value ->> 'after')
          AND e.seq <= ifnull(asked.value ->> 'to', ${Number.MAX_SAFE_INTEGER}) AND e.user <> :user
        LIMIT :most
      )) AS count
    FROM json_each(:asked) asked JOIN names s ON s.name = asked.value ->> 'stream'`);

  const get = (stream: number, seq: number) => ascending.all(stream, seq, seq, 1) as unknown as EventRow[];

  function page({ stream, ranges, before, after, limit }: PageArgs): FoldedEvent[] {
    const s = names.find(stream);
    if (s === null) return [];
    const forward = after !== undefined;
    const statement = forward ? ascending : descending;
    const rows: EventRow[] = [];
    const parts = mergeRanges(ranges);
    for (const { from, to } of forward ? parts : parts.reverse()) {
      if (rows.length >= limit) break;
      const low = Math.max(from, (after ?? 0) + 1);
      const high = Math.min(to, (before ?? Number.MAX_SAFE_INTEGER) - 1);
      if (low > high) continue;
      rows.push(...(statement.all(s, low, high, limit - rows.length) as unknown as EventRow[]));
    }
    return fold(forward ? rows : rows.reverse());
  }

  return {
    'history.page': page,

    'history.read'(args: { stream: string; after: number; limit: number; maxBytes: number }): StoredEvent[] {
      const stream = names.find(args.stream);
      const events: StoredEvent[] = [];
      if (stream === null) return events;
      let bytes = 0;
      for (const row of ascending.iterate(stream, args.after + 1, Number.MAX_SAFE_INTEGER, args.limit)) {
        const event = toEvent(row as unknown as EventRow, names);
        bytes += Buffer.byteLength(event.body);
        if (events.length > 0 && bytes > args.maxBytes) break;
        events.push(event);
      }
      return events;
    },

    'history.get'({ stream, seq }: { stream: string; seq: number }): FoldedEvent | null {
      const s = names.find(stream);
      return s === null ? null : (fold(get(s, seq))[0] ?? null);
    },

    'history.lookup'({ commands }: { commands: { user: string; id: string }[] }): (StoredEvent | null)[] {
      return commands.map(({ user, id }) => {
        const u = names.find(user);
        const row = u === null ? undefined : byCommand.get(id, u);
        return row === undefined ? null : toEvent(row as unknown as EventRow, names);
      });
    },

    'history.heads'({ streams }: { streams: string[] }): Map<string, Head> {
      const found = heads.all(JSON.stringify([...new Set(streams)])) as unknown as (EventRow & {
        name: string;
        head: number;
        headTime: number;
      })[];
      const messages = found.filter((row) => row.n !== null);
      const folded = new Map(fold(messages).map((event) => [event.stream, event]));
      return new Map(
        found.map(({ name, head, headTime }) => [
          name,
          { stream: name, seq: head, time: headTime, last: folded.get(name) ?? null },
        ]),
      );
    },

    'history.unread'({ asked, user, most }: UnreadArgs): Map<string, number> {
      const counts = new Map(asked.map(({ stream }) => [stream, 0]));
      const rows = unread.all({ asked: JSON.stringify(asked), user: names.find(user) ?? 0, most });
      for (const { stream, count } of rows as { stream: string; count: number }[]) counts.set(stream, count);
      return counts;
    },
  };
}
