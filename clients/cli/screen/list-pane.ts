import type { Conversation } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import { oneLine } from '../text/printable.ts';
import { textOf } from '../text/said.ts';
import { bold, dim, inverted, type Line, type Span, span, spread } from './spans.ts';

const ROWS = 2;
const DAY_MS = 86_400_000;
const timeOf = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
const dateOf = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** The conversations, newest first: two rows each, as many as fit around the one at `at`. */
export function listLines(
  app: App,
  at: string | null,
  focused: boolean,
  width: number,
  height: number,
): Line[] {
  const all = app.conversations;
  if (all.length === 0) return [[dim(' No conversations yet.')], [], [dim(' /dm NAME HELLO starts one.')]];
  const fitting = Math.max(1, Math.floor(height / ROWS));
  const chosen = Math.max(
    0,
    all.findIndex(({ id }) => id === at),
  );
  const from = Math.max(0, Math.min(chosen - (fitting >> 1), all.length - fitting));
  return all.slice(from, from + fitting).flatMap((conversation) => {
    const rows = item(app, conversation, width);
    if (conversation.id !== at) return rows;
    return focused
      ? rows.map(inverted)
      : rows.map(([edge, ...rest]) => [{ ...edge!, text: '▌', color: 'cyan' as const }, ...rest]);
  });
}

function item(app: App, conversation: Conversation, width: number): Line[] {
  const { id, peer, unread, draft, time, member } = conversation;
  const here = peer !== null && peer !== app.me && app.store.presence(peer)?.online === true;
  const dot = here
    ? span('●', { color: 'green' })
    : span(conversation.kind === 'group' ? '#' : ' ', { dim: true });
  const title = app.title(conversation);
  const name = unread > 0 ? bold(` ${title}`) : span(` ${title}`);
  const typing = app.typing(id);
  const begun = draft !== '' && app.open?.conversation?.id !== id;
  const what: Span[] =
    typing !== null
      ? [span(typing, { color: 'green' })]
      : begun
        ? [span('draft: ', { color: 'yellow' }), dim(oneLine(draft))]
        : [dim(member ? lastOf(app, conversation) : 'you are not in this group')];
  const badge =
    unread > 0
      ? [span(` ${unread > 99 ? '99+' : unread} `, { inverse: true, bold: true, color: 'green' })]
      : [];
  return [
    spread([span(' '), dot, name], [dim(time === 0 ? '' : `${whenOf(time)} `)], width),
    spread([span('   '), ...what], [...badge, span(' ')], width),
  ];
}

function lastOf(app: App, { last, kind }: Conversation): string {
  if (last === null) return '';
  const who = last.sender === app.me ? 'you: ' : kind === 'group' ? `${app.names.of(last.sender)}: ` : '';
  return oneLine(who + textOf(last));
}

function whenOf(time: number): string {
  const now = Date.now();
  const today = new Date(now).toDateString() === new Date(time).toDateString();
  return today || (time > now - DAY_MS / 4 && time <= now) ? timeOf.format(time) : dateOf.format(time);
}
