import type { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../history.ts';
import type { Removed } from '../tombstone.ts';
import type { Names } from './names.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './rows.ts';

/** An event with all that is kept with it, as it is now. */
export interface ExportedEvent extends StoredEvent {
  /** Its number in this database: grows in the order in which events were stored. */
  n: number;
  /** The text to find it by: of an edited message that of its newest content. */
  text: string | null;
  removed: Removed | null;
  /** Of an edit: the seq of its message. */
  target: number | null;
  /** Of an edited message: its newest content as JSON text, and the seq of the event that brought it. */
  edited: { by: number; at: number; count: number; content: string } | null;
  /** Whether there are reactions. */
  reacted: boolean;
}

export interface ExportedReaction {
  /** The numbers of the message and the user in this database. */
  place: [event: number, user: number];
  stream: string;
  /** Of the message. */
  seq: number;
  user: string;
  emoji: string;
  at: number;
}

/** A stream, user or device with its number in this database. */
export interface Named {
  n: number;
  name: string;
}

interface Row extends EventRow {
  text: string | null;
  removed: Removed | null;
  target: number | null;
  editedAt: number | null;
  editCount: number;
  editContent: string;
  editedBy: number;
  reacted: 0 | 1;
}

type PageArgs = { after: number; limit: number };

/** The jobs of who reads everything, in its order: each statement walks a primary key from where it was. */
export function exportJobs(db: DatabaseSync, names: Names) {
  const events = db.prepare(`
    SELECT ${EVENT_COLUMNS}, e.removed, e.target, CASE WHEN d.event IS NULL THEN e.text ELSE d.text END AS text,
      d.at AS editedAt, d.count AS editCount, d.content AS editContent,
      CASE WHEN d.event IS NOT NULL
        THEN (SELECT max(seq) FROM events INDEXED BY events_edits WHERE stream = e.stream AND target = e.seq) END AS editedBy,
      EXISTS (SELECT 1 FROM reactions WHERE event = e.n) AS reacted
    FROM events e LEFT JOIN edits d ON d.event = e.n
    WHERE e.n > ? ORDER BY e.n LIMIT ?`);
  const reactions = db.prepare(`
    SELECT r.event, r.user, e.stream, e.seq, r.emoji, r.at FROM reactions r JOIN events e ON e.n = r.event
    WHERE (r.event, r.user) > (?, ?) ORDER BY r.event, r.user LIMIT ?`);
  const named = (among: string) => {
    const found = db.prepare(`
      SELECT n, name FROM names WHERE n > ? AND EXISTS (SELECT 1 FROM ${among} = names.n) ORDER BY n LIMIT ?`);
    return ({ after, limit }: PageArgs) => found.all(after, limit) as unknown as Named[];
  };

  return {
    'export.events'({ after, limit, maxBytes }: PageArgs & { maxBytes: number }): ExportedEvent[] {
      const found: ExportedEvent[] = [];
      let bytes = 0;
      for (const row of events.iterate(after, limit) as Iterable<unknown> as Iterable<Row>) {
        found.push(exported(row, names));
        bytes += Buffer.byteLength(row.body) + Buffer.byteLength(row.editContent ?? '');
        if (bytes >= maxBytes) break;
      }
      return found;
    },

    'export.reactions'({ event, user, limit }: { event: number; user: number; limit: number }) {
      const rows = reactions.all(event, user, limit) as unknown as {
        event: number;
        user: number;
        stream: number;
        seq: number;
        emoji: string;
        at: number;
      }[];
      return rows.map(
        (row): ExportedReaction => ({
          place: [row.event, row.user],
          stream: names.text(row.stream),
          seq: row.seq,
          user: names.text(row.user),
          emoji: row.emoji,
          at: row.at,
        }),
      );
    },

    'export.streams': named('events WHERE stream'),
    'export.devices': named('cursors WHERE device'),
    'export.receiptStreams': named('receipts WHERE stream'),
    'export.readers': named('receipts WHERE read > 0 AND user'),
  };
}

function exported(row: Row, names: Names): ExportedEvent {
  const { n, text, removed, target, editedAt, editedBy, editCount, editContent } = row;
  return {
    ...toEvent(row, names),
    n,
    text,
    removed,
    target,
    edited: editedAt === null ? null : { by: editedBy, at: editedAt, count: editCount, content: editContent },
    reacted: row.reacted === 1,
  };
}
