import { ansiOf, type Line } from './spans.ts';

/** A part of the screen, full of rows. Columns and rows are counted from 0. */
export interface Pane {
  column: number;
  row: number;
  width: number;
  lines: readonly Line[];
}

export interface Frame {
  columns: number;
  rows: number;
  panes: readonly Pane[];
  /** Where the cursor stands; null: nowhere. */
  caret: { column: number; row: number } | null;
}

/**
 * Turns pictures into what is to be written: only the rows of panes that are not as they were. Each is written at its own place, from
 * left to right, so that a terminal that takes a letter for wider than it is here does not shift what stands beside it.
 */
export class Painter {
  readonly #colors: boolean;
  #geometry = '';
  readonly #shown = new Map<string, string>();

  constructor(colors: boolean) {
    this.#colors = colors;
  }

  /** The next picture is drawn whole: somebody else has written on the terminal. */
  forget(): void {
    this.#geometry = '';
  }

  /** Empty: nothing is different, and the cursor is where it was. */
  paint({ columns, rows, panes, caret }: Frame): string {
    let text = '';
    const geometry = JSON.stringify([
      columns,
      rows,
      panes.map(({ column, row, width }) => [column, row, width]),
    ]);
    if (geometry !== this.#geometry) {
      this.#geometry = geometry;
      this.#shown.clear();
      text += '\u001b[0m\u001b[2J';
    }
    /** Rows of which something further left is new: a terminal may have drawn that wider than it is here. */
    const touched = new Set<number>();
    for (const { column, row, width, lines } of [...panes].sort((a, b) => a.column - b.column))
      for (const [at, line] of lines.entries()) {
        const y = row + at;
        if (y >= rows) break;
        const place = `${y + 1};${column + 1}`;
        const ansi = ansiOf(line, width, this.#colors);
        if (this.#shown.get(place) === ansi && !touched.has(y)) continue;
        touched.add(y);
        this.#shown.set(place, ansi);
        text += `\u001b[${place}H\u001b[${width}X${ansi}`;
      }
    const cursor = caret === null ? '\u001b[?25l' : `\u001b[${caret.row + 1};${caret.column + 1}H\u001b[?25h`;
    const moved = this.#shown.get('cursor') !== cursor;
    if (text === '' && !moved) return '';
    this.#shown.set('cursor', cursor);
    // Synchronised: terminals that can show it all at once.
    return `\u001b[?2026h\u001b[?25l${text}${cursor}\u001b[?2026l`;
  }
}
