import type { DatabaseSync } from 'node:sqlite';

const MOST_CACHED = 100_000;

/** Small integers for the ids of streams, users and devices. They are given once and never taken back. */
export class Names {
  readonly #select;
  readonly #selectText;
  readonly #insert;
  readonly #selectLast;
  #numbers = new Map<string, number>();
  #texts = new Map<number, string>();
  #last = 0;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT n FROM names WHERE name = ?');
    this.#selectText = db.prepare('SELECT name FROM names WHERE n = ?');
    this.#insert = db.prepare('INSERT INTO names (name) VALUES (?)');
    this.#selectLast = db.prepare('SELECT max(n) AS n FROM names');
  }

  /**
   * Call at the start of every job that may {@link intern}: a transaction that was rolled back took the names it had
   * given with it, which shows as a last number that is not ours.
   */
  verify(): void {
    const { n } = this.#selectLast.get() as { n: number | null };
    if ((n ?? 0) === this.#last) return;
    this.#numbers.clear();
    this.#texts.clear();
    this.#last = n ?? 0;
  }

  find(name: string): number | null {
    const cached = this.#numbers.get(name);
    if (cached !== undefined) return cached;
    const row = this.#select.get(name) as { n: number } | undefined;
    if (row === undefined) return null;
    this.#remember(row.n, name);
    return row.n;
  }

  intern(name: string): number {
    const found = this.find(name);
    if (found !== null) return found;
    const n = Number(this.#insert.run(name).lastInsertRowid);
    this.#last = n;
    this.#remember(n, name);
    return n;
  }

  text(n: number): string {
    const cached = this.#texts.get(n);
    if (cached !== undefined) return cached;
    const row = this.#selectText.get(n) as { name: string } | undefined;
    if (row === undefined) throw new Error(`messages.db: no name ${n}`);
    this.#remember(n, row.name);
    return row.name;
  }

  #remember(n: number, name: string): void {
    if (this.#numbers.size >= MOST_CACHED) {
      this.#numbers.clear();
      this.#texts.clear();
    }
    this.#numbers.set(name, n);
    this.#texts.set(n, name);
  }
}
