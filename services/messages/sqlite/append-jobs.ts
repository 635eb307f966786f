import type { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../history.ts';
import type { Removed } from '../tombstone.ts';
import type { Names } from './names.ts';
import type { Removal } from './removal.ts';
import { EVENT_COLUMNS, type EventRow, toEvent } from './rows.ts';
import type { SearchIndex } from './search-index.ts';

/** An amendment with its content as JSON text. */
export type PackedAmendment =
  | { kind: 'edit'; seq: number; at: number; content: string; text: string | null }
  | { kind: 'delete'; seq: number }
  | { kind: 'react'; seq: number; at: number; user: string; emoji: string | null };

/** Drafts by column: one object to clone a batch instead of one a draft. */
export interface DraftColumns {
  stream: string[];
  type: string[];
  user: string[];
  device: (string | null)[];
  id: string[];
  time: number[];
  body: string[];
  expires: (number | null)[];
  text: (string | null)[];
  amends: (PackedAmendment | null)[];
}

export interface Numbered {
  /** Of every draft, in order; of a duplicate, that of the first one. */
  seq: number[];
  /** By index into the drafts. */
  duplicates: [number, StoredEvent][];
}

interface TargetRow {
  n: number;
  stream: number;
  seq: number;
  type: string;
  body: string;
  text: string | null;
  expires: number | null;
  removed: Removed | null;
}

const MOST_HEADS = 100_000;

/** Numbers and stores events; the only writer of `events.seq`. */
export function appendJobs(db: DatabaseSync, names: Names, search: SearchIndex, removal: Removal) {
  const insert = db.prepare(`
    INSERT INTO events (stream, seq, type, user, device, id, time, latest, expires, target, body, text)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, user) DO NOTHING`);
  const head = db.prepare('SELECT max(seq) AS seq FROM events WHERE stream = ?');
  const last = db.prepare('SELECT n, latest FROM events ORDER BY n DESC LIMIT 1');
  const byCommand = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE id = ? AND user = ?`);
  const target = db.prepare(
    'SELECT n, stream, seq, type, body, text, expires, removed FROM events WHERE stream = ? AND seq = ?',
  );
  const edited = db.prepare('SELECT text FROM edits WHERE event = ?');
  const edit = db.prepare(`
    INSERT INTO edits (event, at, count, content, text) VALUES (?, ?, 1, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, count = count + 1, content = excluded.content, text = excluded.text`);
  const react = db.prepare(`
    INSERT INTO reactions (event, user, emoji, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET emoji = excluded.emoji, at = excluded.at`);
  const unreact = db.prepare('DELETE FROM reactions WHERE event = ? AND user = ?');

  const heads = new Map<number, number>();
  let lastEvent = 0;
  let latest = 0;

  /** A transaction that was rolled back took its events with it: the last one is then not ours, the heads are wrong. */
  function verify(): void {
    names.verify();
    const row = last.get() as { n: number; latest: number } | undefined;
    if ((row?.n ?? 0) === lastEvent && heads.size < MOST_HEADS) return;
    heads.clear();
    lastEvent = row?.n ?? 0;
    latest = row?.latest ?? 0;
  }

  function headOf(stream: number): number {
    const known = heads.get(stream);
    if (known !== undefined) return known;
    const { seq } = head.get(stream) as { seq: number | null };
    heads.set(stream, seq ?? 0);
    return seq ?? 0;
  }

  /** Applies an amendment to its message. One that was removed stays removed, and so does what would bring it back. */
  function amend(amendment: PackedAmendment, message: TargetRow, by: TargetRow): void {
    if (message.removed !== null) {
      if (amendment.kind === 'edit') removal.remove(by, message.removed);
    } else if (amendment.kind === 'edit') {
      const before = edited.get(message.n) as { text: string | null } | undefined;
      search.change(message.n, message.stream, before ? before.text : message.text, amendment.text);
      edit.run(message.n, amendment.at, amendment.content, amendment.text);
    } else if (amendment.kind === 'delete') {
      removal.remove(message, 'deleted');
    } else if (amendment.emoji === null) {
      unreact.run(message.n, names.intern(amendment.user));
    } else {
      react.run(message.n, names.intern(amendment.user), amendment.emoji, amendment.at);
    }
  }

  return {
    'history.append'(drafts: DraftColumns): Numbered {
      verify();
      const numbered: Numbered = { seq: [], duplicates: [] };
      for (let i = 0; i < drafts.id.length; i++) {
        const stream = names.intern(drafts.stream[i]!);
        const user = names.intern(drafts.user[i]!);
        const deviceId = drafts.device[i]!;
        const device = deviceId === null ? null : names.intern(deviceId);
        const id = drafts.id[i]!;
        const seq = headOf(stream) + 1;
        const time = drafts.time[i]!;
        const amendment = drafts.amends[i]!;
        const found = amendment && (target.get(stream, amendment.seq) as TargetRow | undefined);
        const message = found?.type === 'message' ? found : null;
        const edits = message !== null && amendment?.kind === 'edit';
        const inserted = insert.run(
          stream,
          seq,
          drafts.type[i]!,
          user,
          device,
          id,
          time,
          Math.max(latest, time),
          // An edit carries the content again: it must go when the message goes.
          edits ? message.expires : drafts.expires[i]!,
          edits ? message.seq : null,
          drafts.body[i]!,
          drafts.text[i]!,
        );
        if (Number(inserted.changes) === 0) {
          const first = byCommand.get(id, user) as unknown as EventRow;
          numbered.seq.push(first.seq);
          numbered.duplicates.push([i, toEvent(first, names)]);
          continue;
        }
        lastEvent = Number(inserted.lastInsertRowid);
        latest = Math.max(latest, time);
        heads.set(stream, seq);
        numbered.seq.push(seq);
        if (amendment !== null && message !== null) {
          const by = {
            ...message,
            n: lastEvent,
            seq,
            type: drafts.type[i]!,
            body: drafts.body[i]!,
            text: drafts.text[i]!,
          };
          amend(amendment, message, by);
        }
      }
      return numbered;
    },
  };
}
