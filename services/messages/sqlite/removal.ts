import type { DatabaseSync } from 'node:sqlite';
import { type Removed, tombstone } from '../tombstone.ts';
import type { SearchIndex } from './search-index.ts';

interface Target {
  n: number;
  stream: number;
  seq: number;
  type: string;
  body: string;
  text: string | null;
}

/** Takes the content out of events, wherever it is: body, edits, reactions, search. Numbers and envelopes stay. */
export class Removal {
  readonly #search: SearchIndex;
  readonly #bury;
  readonly #current;
  readonly #dropEdits;
  readonly #dropReactions;
  readonly #editsOf;

  constructor(db: DatabaseSync, search: SearchIndex) {
    this.#search = search;
    this.#bury = db.prepare(
      'UPDATE events SET body = ?, text = NULL, expires = NULL, removed = ? WHERE n = ?',
    );
    this.#current = db.prepare('SELECT text FROM edits WHERE event = ?');
    this.#dropEdits = db.prepare('DELETE FROM edits WHERE event = ?');
    this.#dropReactions = db.prepare('DELETE FROM reactions WHERE event = ?');
    // The planner would rather walk the whole stream in order of seq; in the order of n it is the same order.
    this.#editsOf = db.prepare(`
      SELECT n, stream, seq, type, body, text FROM events INDEXED BY events_edits
      WHERE stream = ? AND target = ? AND removed IS NULL ORDER BY n`);
  }

  /** Removes one event that has not been removed, and its edits. Returns the numbers of what was removed. */
  remove(target: Target, how: Removed): number[] {
    const removed = [this.#one(target, how)];
    if (target.type !== 'message') return removed;
    this.#dropReactions.run(target.n);
    this.#dropEdits.run(target.n);
    for (const edit of this.#editsOf.all(target.stream, target.seq) as unknown as Target[]) {
      removed.push(this.#one(edit, how));
    }
    return removed;
  }

  #one({ n, stream, body, text }: Target, how: Removed): number {
    const edited = this.#current.get(n) as { text: string | null } | undefined;
    this.#search.change(n, stream, edited === undefined ? text : edited.text, null);
    this.#bury.run(tombstone(body, how), how, n);
    return n;
  }
}
