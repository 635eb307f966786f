import type { DatabaseSync } from 'node:sqlite';
import { foldOf, MOST_NAMED, type ReactionGroup } from '../fold.ts';
import type { Fold, FoldedEvent } from '../history.ts';
import type { Names } from './names.ts';
import { type EventRow, toEvent } from './rows.ts';

/** Adds the folds to rows of events: two statements, however many rows there are. */
export function folder(db: DatabaseSync, names: Names): (rows: EventRow[]) => FoldedEvent[] {
  const edits = db.prepare(`
    SELECT d.event, d.at, d.count, d.content FROM json_each(?) asked JOIN edits d ON d.event = asked.value`);
  const reactions = db.prepare(`
    SELECT event, emoji, user, count, since FROM (
      SELECT r.event, r.emoji, u.name AS user,
        count(*) OVER (PARTITION BY r.event, r.emoji) AS count,
        min(r.at) OVER (PARTITION BY r.event, r.emoji) AS since,
        row_number() OVER (PARTITION BY r.event, r.emoji ORDER BY r.at, u.name) AS place
      FROM json_each(?) asked JOIN reactions r ON r.event = asked.value JOIN names u ON u.n = r.user)
    WHERE place <= ${MOST_NAMED} ORDER BY event, emoji, place`);

  return (rows) => {
    const asked = JSON.stringify(rows.filter((row) => row.type === 'message').map((row) => row.n));
    const edited = new Map<number, Fold['edited']>();
    for (const row of edits.iterate(asked)) {
      const { event, at, count, content } = row as {
        event: number;
        at: number;
        count: number;
        content: string;
      };
      edited.set(event, { at, count, content: JSON.parse(content) });
    }
    const reacted = new Map<number, ReactionGroup[]>();
    for (const row of reactions.iterate(asked)) {
      const { event, user, ...group } = row as { event: number; user: string } & Omit<ReactionGroup, 'users'>;
      const groups = reacted.get(event) ?? [];
      reacted.set(event, groups);
      const before = groups.at(-1);
      if (before?.emoji === group.emoji) before.users.push(user);
      else groups.push({ ...group, users: [user] });
    }
    return rows.map((row) => ({
      ...toEvent(row, names),
      fold: foldOf(edited.get(row.n) ?? null, reacted.get(row.n) ?? []),
    }));
  };
}
