import type { Entry, Message, Notice } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import type { OpenChat } from '../open-chat.ts';
import { oneLine } from '../text/printable.ts';
import { choicesOf, noticeText, textOf } from '../text/said.ts';
import { cut } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import { bold, centred, colorOf, dim, type Line, type Span, span, widthOfLine } from './spans.ts';

/** Messages of one sender that follow each other within this stand together, milliseconds. */
const TOGETHER_MS = 5 * 60_000;
/** The left edge of each row: where the selected message is marked. */
export const GUTTER = 2;
/** From this width on one's own messages stand on the right. */
const SIDES_FROM = 50;
/** Reactions that are shown with a message; `i` shows who they are of. */
const MOST_REACTIONS = 8;

const dayOf = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const timeOf = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });

export interface BlockView {
  width: number;
  colors: boolean;
  selected: boolean;
}

/** All rows of one entry: with the day, or where the unread begin, before it. */
export function blockOf(app: App, open: OpenChat, index: number, view: BlockView): Line[] {
  const entry = open.entries[index]!;
  const before = index === 0 ? null : open.entries[index - 1]!;
  const rows: Line[] = [];
  const day = dayIn(entry);
  const newDay = day !== null && (before === null || dayIn(before) !== day);
  if (newDay) rows.push([], centred([dim(`── ${day} ──`)], view.width));
  const unread = isFirstUnread(app, open, entry, before);
  if (unread) rows.push(divider('new', view.width));
  const inner = view.width - GUTTER;
  const body =
    entry.type === 'notice'
      ? notice(app, entry, inner)
      : message(app, open, entry, { ...view, width: inner }, newDay || unread || !together(entry, before));
  const mark = view.selected ? span('▌ ', { color: 'cyan', bold: true }) : span(' '.repeat(GUTTER));
  for (const line of body) rows.push([mark, ...line]);
  return rows;
}

function divider(text: string, width: number): Line {
  const side = Math.max(0, Math.floor((width - text.length - 2) / 2));
  return [span(`${'─'.repeat(side)} ${text} ${'─'.repeat(side)}`, { color: 'yellow', bold: true })];
}

function isFirstUnread(
  app: App,
  { readBefore, conversation }: OpenChat,
  entry: Entry,
  before: Entry | null,
): boolean {
  if (entry.seq === null || entry.sender === app.me || entry.seq <= readBefore || readBefore === 0)
    return false;
  // What one wrote oneself after it was read before: it is new from the first that is somebody else's.
  if (before === null) return entry.seq === readBefore + 1 || conversation === null;
  return (before.seq ?? 0) <= readBefore;
}

function together(entry: Entry, before: Entry | null): boolean {
  return (
    before?.type === 'message' &&
    before.sender === entry.sender &&
    (entry.time === null || before.time === null || entry.time - before.time < TOGETHER_MS)
  );
}

const dayIn = ({ time }: Entry): string | null => (time === null ? null : dayOf.format(time));

function notice(app: App, entry: Notice, width: number): Line[] {
  const who = entry.sender === app.me ? 'You' : app.names.of(entry.sender);
  const text = noticeText(entry, (user) => (user === app.me ? 'you' : app.names.of(user)));
  return wrap(`${who} ${text}`, width).map((row) => centred([dim(row)], width));
}

function message(app: App, open: OpenChat, entry: Message, view: BlockView, first: boolean): Line[] {
  const own = entry.state !== null || entry.sender === app.me;
  const aside = view.width >= SIDES_FROM;
  const width = aside ? Math.floor(view.width * 0.8) : view.width;
  const rows: Line[] =
    first && !own
      ? [[{ text: cut(app.names.of(entry.sender), width), bold: true, color: colorOf(entry.sender) }]]
      : [];
  if (first && own && !aside) rows.push([bold('you')]);
  if (entry.forwarded > 0) rows.push([dim('↪ forwarded')]);
  if (entry.replyTo !== null) rows.push(quote(app, open, entry.replyTo, width));
  const gone = entry.gone !== null || entry.unreadable;
  const text = wrap(textOf(entry), width).map((row) => [gone ? dim(row) : span(row)]);
  const tail = tailOf(entry, view.colors);
  const last: Line = text.at(-1) ?? [];
  // The time stands behind the text where there is room.
  if (widthOfLine(last) + 2 + widthOfLine(tail) <= width)
    rows.push(...text.slice(0, -1), [...last, span('  '), ...tail]);
  else rows.push(...text, tail);
  for (const [at, choice] of choicesOf(entry).entries()) {
    const what = choice.kind === 'url' ? ` ↗ ${choice.url}` : '';
    rows.push([
      span(`[${at + 1}]`, { color: 'cyan', bold: true }),
      span(` ${cut(oneLine(choice.label) + what, width - 5)}`),
    ]);
  }
  if (entry.reactions.length > 0) rows.push(reactions(app, entry, width));
  if (entry.refusal !== null)
    for (const row of wrap(`Not sent: ${oneLine(entry.refusal.message)} (/retry, /discard)`, width))
      rows.push([span(row, { color: 'red' })]);
  if (!own || !aside) return rows;
  // As one block at the right edge, its left edge straight.
  const wide = Math.max(...rows.map(widthOfLine));
  return rows.map((row) => [span(' '.repeat(Math.max(0, view.width - wide))), ...row]);
}

function quote(app: App, open: OpenChat, seq: number, width: number): Line {
  const quoted = open.quoted(seq);
  if (quoted?.type !== 'message') return [dim(`┃ #${seq}`)];
  const who = quoted.sender === app.me ? 'you' : app.names.of(quoted.sender);
  return [
    span(`┃ ${cut(who, 20)} `, { color: colorOf(quoted.sender) }),
    dim(cut(oneLine(textOf(quoted)), Math.max(4, width - 24))),
  ];
}

function tailOf(entry: Message, colors: boolean): Line {
  const { seq, time, edited, expires } = entry;
  const facts = [
    ...(seq === null ? [] : [`#${seq}`]),
    ...(time === null ? [] : [timeOf.format(time)]),
    ...(edited === null ? [] : ['edited']),
    ...(expires === null ? [] : ['⏱']),
  ];
  return [dim(facts.join(' ')), ...ticks(entry.state, colors)];
}

/** How far one's own message has come. Without colours read has a sign of its own. */
export function ticks(state: Message['state'], colors: boolean): Span[] {
  switch (state) {
    case null:
      return [];
    case 'uploading':
      return [dim(' ↑')];
    case 'queued':
      return [dim(' ·')];
    case 'accepted':
      return [dim(' ✓')];
    case 'delivered':
      return [dim(' ✓✓')];
    case 'read':
      return [colors ? span(' ✓✓', { color: 'cyan', bold: true }) : span(' ◉')];
    case 'refused':
      return [span(' ✗', { color: 'red', bold: true })];
  }
}

function reactions(app: App, { reactions: all }: Message, width: number): Line {
  const shown = all.slice(0, MOST_REACTIONS).map(({ emoji, count, users }) => {
    const [one] = users;
    const who =
      count > 1
        ? ` ${count}`
        : one === undefined
          ? ''
          : ` ${one === app.me ? 'you' : cut(app.names.of(one), 12)}`;
    return cut(oneLine(emoji), 8) + who;
  });
  const more = all.length > MOST_REACTIONS ? `  +${all.length - MOST_REACTIONS}` : '';
  return [dim(cut(shown.join('  ') + more, width))];
}
