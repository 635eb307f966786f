import { graphemesOf, widthOf } from '../text/width.ts';

/** As much as one message may have; more is cut off. UTF-16 units: never more than its bytes. */
const MOST_TYPED = 60_000;

/** A text that is being written, and where in it: moves by what readers take for letters. */
export class Composer {
  #text = '';
  #caret = 0;

  get text(): string {
    return this.#text;
  }
  /** In UTF-16 units, never inside a letter. */
  get caret(): number {
    return this.#caret;
  }
  get empty(): boolean {
    return this.#text === '';
  }

  set(text: string): void {
    this.#text = text.slice(0, MOST_TYPED).toWellFormed();
    this.#caret = this.#text.length;
  }

  /** Also of several lines: a paste. */
  insert(text: string): void {
    const room = MOST_TYPED - this.#text.length;
    const added = text.replace(/\r\n?/g, '\n').slice(0, Math.max(0, room)).toWellFormed();
    this.#text = this.#text.slice(0, this.#caret) + added + this.#text.slice(this.#caret);
    this.#caret += added.length;
  }

  left(): void {
    this.#caret = this.#before();
  }
  right(): void {
    this.#caret = this.#after();
  }
  wordLeft(): void {
    this.#caret = this.#wordStart();
  }
  wordRight(): void {
    const [skipped = ''] = /^\s*\S*/.exec(this.#text.slice(this.#caret)) ?? [];
    this.#caret += skipped.length;
  }
  lineStart(): void {
    this.#caret = this.#text.lastIndexOf('\n', this.#caret - 1) + 1;
  }
  lineEnd(): void {
    const end = this.#text.indexOf('\n', this.#caret);
    this.#caret = end === -1 ? this.#text.length : end;
  }

  backspace(): void {
    this.#cut(this.#before(), this.#caret);
  }
  delete(): void {
    this.#cut(this.#caret, this.#after());
  }
  deleteWord(): void {
    this.#cut(this.#wordStart(), this.#caret);
  }
  deleteLine(): void {
    const end = this.#caret;
    this.lineStart();
    this.#cut(this.#caret, end);
  }

  /** A row up or down, as it is shown. False: there is none. */
  move(by: -1 | 1, width: number): boolean {
    const { rows, caret } = this.layout(width);
    const row = rows[caret.row + by];
    if (row === undefined) return false;
    let at = row.from;
    let column = 0;
    for (const letter of graphemesOf(row.text)) {
      if (column >= caret.column) break;
      column += widthOf(letter);
      at += letter.length;
    }
    this.#caret = at;
    return true;
  }

  /** Rows no wider than `width`, with the place of each in the text, and where the caret is among them. */
  layout(width: number): { rows: { text: string; from: number }[]; caret: { row: number; column: number } } {
    const rows: { text: string; from: number }[] = [];
    const caret = { row: 0, column: 0 };
    let from = 0;
    for (const line of this.#text.split('\n')) {
      let row = { text: '', from };
      let column = 0;
      let at = from;
      for (const letter of graphemesOf(line)) {
        // The caret behind the last letter has a column too.
        if (column + widthOf(letter) > Math.max(width - 1, 2)) {
          rows.push(row);
          row = { text: '', from: at };
          column = 0;
        }
        if (at === this.#caret) Object.assign(caret, { row: rows.length, column });
        row.text += letter;
        column += widthOf(letter);
        at += letter.length;
      }
      if (at === this.#caret) Object.assign(caret, { row: rows.length, column });
      rows.push(row);
      from += line.length + 1;
    }
    return { rows, caret };
  }

  #before(): number {
    const [last = ''] = [...graphemesOf(this.#text.slice(Math.max(0, this.#caret - 64), this.#caret))].slice(
      -1,
    );
    return this.#caret - last.length;
  }

  #after(): number {
    const [first = ''] = graphemesOf(this.#text.slice(this.#caret, this.#caret + 64));
    return this.#caret + first.length;
  }

  #wordStart(): number {
    return this.#caret - (/\S*\s*$/.exec(this.#text.slice(0, this.#caret))?.[0].length ?? 0);
  }

  #cut(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#caret = from;
  }
}
