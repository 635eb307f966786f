import { oneLine, printable } from '../text/printable.ts';
import { textOf } from '../text/said.ts';
import { widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import { composerWidth, QUICK_REACTIONS } from './actions.ts';
import { listLines } from './list-pane.ts';
import type { Frame, Pane } from './painter.ts';
import { bold, dim, inverted, type Line, span, spread } from './spans.ts';
import { headerLine, statusLine } from './status.ts';
import type { Ui } from './ui.ts';

/** Rows of what is being written that are seen at a time. */
const MOST_COMPOSER_ROWS = 6;
/** From this width on a panel stands beside the messages, columns. */
const THREE_PANES = 110;
const PROMPT = '❯ ';

/** The whole picture. */
export function frameOf(ui: Ui, columns: number, rows: number): Frame {
  const { app } = ui;
  ui.columns = columns;
  ui.follow();
  const foot = footOf(ui, columns, Math.max(1, Math.floor(rows / 3)));
  const height = Math.max(1, rows - 2 - foot.lines.length);
  const panes: Pane[] = [{ column: 0, row: 0, width: columns, lines: [inverted(headerLine(app, columns))] }];
  const body = (column: number, width: number, lines: readonly Line[]) =>
    panes.push({ column, row: 1, width, lines: filled(lines, height) });
  const border = (column: number) =>
    body(
      column,
      1,
      Array.from({ length: height }, () => [dim('│')]),
    );
  let panelAt = 0;
  if (ui.narrow) {
    if (ui.panel !== null) body(0, columns, panelLines(ui, columns, height));
    else if (ui.focus === 'list' || app.open === null) body(0, columns, list(ui, columns, height));
    else body(0, columns, ui.messages.lines(app.open, columns, height));
  } else {
    const side = Math.max(24, Math.min(34, Math.floor(columns * 0.3)));
    body(0, side, list(ui, side, height));
    border(side);
    const beside =
      ui.panel !== null && columns >= THREE_PANES && app.open !== null ? Math.floor(columns / 3) : 0;
    const main = columns - side - 1 - (beside > 0 ? beside + 1 : 0);
    panelAt = beside > 0 ? columns - beside : side + 1;
    if (ui.panel !== null && beside === 0) body(side + 1, main, panelLines(ui, main, height));
    else body(side + 1, main, app.open === null ? welcome() : ui.messages.lines(app.open, main, height));
    if (beside > 0) {
      border(panelAt - 1);
      body(panelAt, beside, panelLines(ui, beside, height));
    }
  }
  panes.push({ column: 0, row: 1 + height, width: columns, lines: foot.lines });
  panes.push({
    column: 0,
    row: 1 + height + foot.lines.length,
    width: columns,
    lines: [statusLine(ui, columns)],
  });
  return { columns, rows, panes, caret: caretOf(ui, foot, height, panelAt, columns) };
}

function caretOf(ui: Ui, foot: Foot, height: number, panelAt: number, columns: number): Frame['caret'] {
  if (ui.question !== null) return null;
  if (ui.panel !== null) {
    const { input } = ui.panel;
    if (input === null) return null;
    const column = panelAt + 1 + PROMPT.length + widthOf(input.text.slice(0, input.caret));
    return { row: 2, column: Math.min(column, columns - 1) };
  }
  return ui.focus === 'composer' ? { row: 1 + height + foot.caret.row, column: foot.caret.column } : null;
}

function list(ui: Ui, width: number, height: number): Line[] {
  return listLines(ui.app, ui.listAt, ui.focus === 'list' && ui.panel === null, width, height);
}

function panelLines(ui: Ui, width: number, height: number): Line[] {
  const panel = ui.panel!;
  const title = spread([bold(` ${panel.title}`)], [dim('Esc closes ')], width);
  const lines = panel.lines(width - 1, height - 1);
  return [title, ...lines.map((line) => [span(' '), ...line])];
}

interface Foot {
  lines: Line[];
  caret: { row: number; column: number };
}

/** What is told, what is being written, and about which message. */
function footOf(ui: Ui, columns: number, most: number): Foot {
  const { composer, app } = ui;
  const notes = app.notes
    .flatMap((note) => wrap(printable(note), columns - 2))
    .map((row): Line => [span(` ${row}`, { color: 'yellow' })]);
  const head: Line[] = [[dim('─'.repeat(columns))], ...notes.slice(0, most)];
  if (notes.length > most) head[most] = [dim(` … ${notes.length - most + 1} more lines`)];
  const mode = modeLine(ui);
  if (mode !== null) head.push(mode);
  const { rows, caret } = composer.layout(composerWidth(ui));
  const from = Math.max(0, Math.min(caret.row - MOST_COMPOSER_ROWS + 1, rows.length - MOST_COMPOSER_ROWS));
  const prompt = span(PROMPT, ui.focus === 'composer' ? { color: 'cyan', bold: true } : { dim: true });
  const written = rows
    .slice(from, from + MOST_COMPOSER_ROWS)
    .map(
      ({ text }, at): Line => [at === 0 ? prompt : span('  '), span(printable(text.replaceAll('\t', ' ')))],
    );
  return {
    lines: [...head, ...written],
    caret: { row: head.length + caret.row - from, column: PROMPT.length + caret.column },
  };
}

function modeLine({ mode, app }: Ui): Line | null {
  if (mode === null) return null;
  const mark = (text: string) => span(` ${text}`, { color: 'cyan' });
  if (mode.kind === 'edit') return [mark(`✎ editing #${mode.seq}`), dim('  Esc gives up')];
  if (mode.kind === 'react')
    return [
      mark(`reaction to #${mode.seq}: `),
      dim(QUICK_REACTIONS.map((emoji, at) => `${at + 1} ${emoji}`).join('  ')),
      dim('  or any; nothing takes it back'),
    ];
  const message = app.open?.message(mode.seq);
  const who = message == null ? '' : message.sender === app.me ? 'yourself' : app.names.of(message.sender);
  return [mark(`↪ reply to ${who} #${mode.seq} `), dim(message == null ? '' : oneLine(textOf(message)))];
}

function filled(lines: readonly Line[], height: number): Line[] {
  return Array.from({ length: height }, (_, at) => lines[at] ?? []);
}

function welcome(): Line[] {
  return [
    [],
    [bold('  Dunlin')],
    [],
    [span('  Tab, then Enter     opens a conversation')],
    [span('  Ctrl-K              jumps to a conversation or a person')],
    [span('  /dm NAME HELLO      starts one with someone')],
    [span('  /group NAME USER…   makes a group')],
    [span('  F1                  every key and command')],
  ];
}
