import type { DatabaseSync } from 'node:sqlite';

/** The word that stands for a stream in the column `stream` of the index. */
export const streamWord = (stream: number) => `s${stream}`;

/**
 * The writing side of the full-text index. It stays out of the way of appends: events are indexed in idle time, in order,
 * up to a watermark. Changes to what is behind the watermark are made at once; what lies before it will be read as it
 * then is.
 */
export class SearchIndex {
  readonly #watermark;
  readonly #advance;
  readonly #last;
  readonly #next;
  readonly #insert;
  readonly #delete;

  constructor(db: DatabaseSync) {
    this.#watermark = db.prepare('SELECT indexed FROM search_state');
    this.#advance = db.prepare('UPDATE search_state SET indexed = ?');
    this.#last = db.prepare('SELECT max(n) AS n FROM events');
    this.#next = db.prepare(`
      SELECT e.n, e.stream, CASE WHEN d.event IS NULL THEN e.text ELSE d.text END AS text
      FROM events e LEFT JOIN edits d ON d.event = e.n
      WHERE e.n > ? AND e.n <= ? ORDER BY e.n LIMIT ?`);
    this.#insert = db.prepare('INSERT INTO search (rowid, stream, text) VALUES (?, ?, ?)');
    this.#delete = db.prepare("INSERT INTO search (search, rowid, stream, text) VALUES ('delete', ?, ?, ?)");
  }

  get indexed(): number {
    return (this.#watermark.get() as { indexed: number }).indexed;
  }

  get last(): number {
    return (this.#last.get() as { n: number | null }).n ?? 0;
  }

  /** Indexes up to `limit` events, none after `to`. True: there are more. */
  step(limit: number, to = this.last): boolean {
    const from = this.indexed;
    if (from >= to) return false;
    const rows = this.#next.all(from, to, limit) as { n: number; stream: number; text: string | null }[];
    for (const { n, stream, text } of rows) {
      if (text !== null) this.#insert.run(n, streamWord(stream), text);
    }
    const reached = rows.length < limit ? to : rows.at(-1)!.n;
    this.#advance.run(reached);
    return reached < to;
  }

  /** The text of an event changed. FTS5 cannot know what a contentless row was: `before` must be exactly that. */
  change(n: number, stream: number, before: string | null, after: string | null): void {
    if (before === after || n > this.indexed) return;
    if (before !== null) this.#delete.run(n, streamWord(stream), before);
    if (after !== null) this.#insert.run(n, streamWord(stream), after);
  }
}
