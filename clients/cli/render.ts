import type { App } from './app.ts';
import { type Chat, type Line, printable, shown } from './chats.ts';

export interface View {
  columns: number;
  rows: number;
  scroll: number;
  typed: string;
  caret: number;
}

const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;
const inverse = (text: string) => `\u001b[7m${text}\u001b[27m`;

/** The whole picture as one write, and how far up it could be scrolled. */
export function render(app: App, view: View): { text: string; scroll: number } {
  const side = Math.min(26, Math.max(16, Math.floor(view.columns / 4)));
  const width = view.columns - side - 3;
  const height = view.rows - 3;

  const body = app.open === null ? welcome() : messages(app, app.open, width);
  for (const sending of app.sending.values()) {
    if (sending.chat === (app.open?.id ?? null))
      body.push(...wrap(`… ${printable(sending.text)}`, width).map(dim));
  }
  if (app.notes.length > 0)
    body.push(
      dim('─'.repeat(width)),
      ...app.notes.flatMap((note) => wrap(app.names.inText(printable(note)), width)),
    );

  const scroll = Math.max(0, Math.min(view.scroll, body.length - height));
  const shownLines = body.slice(Math.max(0, body.length - height - scroll), body.length - scroll);
  const list = sidebar(app, side, height);

  const rows = [inverse(pad(` ${header(app)}`, view.columns))];
  for (let i = 0; i < height; i++)
    rows.push(`${list[i] ?? ' '.repeat(side)} ${dim('│')} ${shownLines[i] ?? ''}`);
  rows.push(dim('─'.repeat(view.columns)));
  const visible = view.columns - 3;
  const from = Math.max(0, view.caret - visible);
  rows.push(`> ${view.typed.slice(from, from + visible)}`);

  const text = rows.map((row, i) => `\u001b[${i + 1};1H\u001b[2K${row}`).join('');
  return { text: `\u001b[?25l${text}\u001b[${view.rows};${3 + view.caret - from}H\u001b[?25h`, scroll };
}

function header(app: App): string {
  const state = { online: '● online', connecting: '○ connecting…', offline: '○ offline' }[app.client.status];
  const waiting = app.client.pending.length > 0 ? ` · ${app.client.pending.length} waiting to be sent` : '';
  if (app.open === null) return `Dunlin · ${state}${waiting}`;
  const chat = app.open;
  const typing = app.typing(chat);
  const presence =
    chat.peer !== null && app.online.has(chat.peer)
      ? app.online.get(chat.peer)
        ? ' · online'
        : ' · away'
      : '';
  return `${printable(app.title(chat))}${typing === null ? presence : ` · ${typing} is typing…`} · you: ${state}${waiting}`;
}

function sidebar(app: App, width: number, height: number): string[] {
  return app.chats.sorted.slice(0, height).map((chat) => {
    const unread = app.chats.unread(chat);
    const badge = unread > 0 ? ` ${unread > 99 ? '99+' : unread}` : '';
    const text =
      pad(` ${printable(app.title(chat)).slice(0, width - badge.length - 2)}`, width - badge.length) + badge;
    return chat === app.open ? inverse(text) : unread > 0 ? bold(text) : text;
  });
}

function messages(app: App, chat: Chat, width: number): string[] {
  const rows: string[] = [];
  let day = '';
  for (const line of chat.lines) {
    const date = new Date(line.time);
    const today = date.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
    if (today !== day) {
      day = today;
      rows.push(dim(`── ${today} ──`));
    }
    rows.push(...message(app, chat, line, width));
  }
  return rows;
}

function message(app: App, chat: Chat, line: Line, width: number): string[] {
  const who = line.sender === app.client.user ? 'you' : printable(app.names.of(line.sender));
  if (line.notice) return wrap(`· ${who} ${app.names.inText(printable(line.text ?? ''))}`, width).map(dim);
  const time = new Date(line.time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const ticks = line.sender === app.client.user ? ` ${app.chats.ticks(chat, line)}` : '';
  const quoted = line.replyTo === null ? undefined : chat.lines.find((l) => l.seq === line.replyTo);
  const rows = [
    `${dim(`#${line.seq}`)} ${bold(who)} ${dim(`${time}${line.edited ? ' edited' : ''}${ticks}`)}`,
  ];
  if (line.replyTo !== null)
    rows.push(dim(`  ┃ ${(quoted === undefined ? `#${line.replyTo}` : shown(quoted)).slice(0, width - 5)}`));
  rows.push(...wrap(shown(line), width - 2).map((row) => `  ${row}`));
  if (line.reactions.size > 0)
    rows.push(
      `  ${[...line.reactions].map(([user, emoji]) => `${printable(emoji)} ${app.names.of(user)}`).join('  ')}`,
    );
  return rows;
}

function welcome(): string[] {
  return [
    '',
    'Tab opens the next conversation.',
    '/dm NAME HELLO   starts one with someone',
    '/group NAME USER…   makes a group',
    '/help   lists everything else',
  ];
}

function pad(text: string, width: number): string {
  return text.length >= width ? text.slice(0, width) : text + ' '.repeat(width - text.length);
}

/** Wraps at words where it can; a newline begins a new row. */
export function wrap(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const paragraph of text.split('\n')) {
    let row = '';
    for (let word of paragraph.split(' ')) {
      if (row !== '' && row.length + 1 + word.length > width) {
        rows.push(row);
        row = '';
      }
      while (word.length > width) {
        rows.push(word.slice(0, width));
        word = word.slice(width);
      }
      row = row === '' ? word : `${row} ${word}`;
    }
    rows.push(row);
  }
  return rows;
}
