import type { App } from '../app.ts';
import { uploadsLine } from '../commands/files.ts';
import { cut } from '../text/width.ts';
import { bold, dim, type Line, type Span, span, spread } from './spans.ts';
import type { Ui } from './ui.ts';

const timeOf = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Whom one writes to, whether they are there, and what is unread elsewhere. */
export function headerLine(app: App, width: number): Line {
  const { open } = app;
  const elsewhere = app.conversations.reduce(
    (sum, { id, unread }) => sum + (id === open?.conversation?.id ? 0 : unread),
    0,
  );
  const right = elsewhere > 0 ? [bold(`${elsewhere} unread `)] : [];
  if (open === null) return spread([bold(' Dunlin')], right, width);
  const about = aboutOf(app);
  return spread(
    [bold(` ${cut(app.title(open.where), width)}`), span(about === '' ? '' : ` · ${about}`)],
    right,
    width,
  );
}

function aboutOf(app: App): string {
  const { conversation, where } = app.open!;
  if (conversation !== null) {
    const typing = app.typing(conversation.id);
    if (typing !== null) return typing;
    if (conversation.kind === 'group') return conversation.member ? 'group' : 'you are not in this group';
  }
  const peer = conversation?.peer ?? ('user' in where ? where.user : null);
  const presence = peer === null || peer === app.me ? null : app.store.presence(peer);
  if (presence === null) return '';
  if (presence.online) return 'online';
  return presence.last_seen === undefined ? 'away' : `away, last seen ${timeOf.format(presence.last_seen)}`;
}

/** The connection, what waits for it, and what the keys do here. */
export function statusLine(ui: Ui, width: number): Line {
  if (ui.question !== null) return [span(` ${ui.question.text}`, { color: 'red', bold: true })];
  const { app } = ui;
  const waiting = app.client.pending.length;
  const uploads = uploadsLine(app.store.uploads?.progress ?? []);
  return spread(
    [
      ...connection(app),
      ...(waiting > 0 ? [span(` · ${waiting} waiting to be sent`, { color: 'yellow' })] : []),
      ...(uploads === '' ? [] : [span(` · ${uploads}`, { color: 'cyan' })]),
    ],
    [dim(`${hint(ui)} `)],
    width,
  );
}

function connection(app: App): Span[] {
  if (app.standby) return [span(' ◌ open in another terminal: shown as it was kept', { color: 'yellow' })];
  switch (app.client.status) {
    case 'online':
      return [span(' ● online', { color: 'green' })];
    case 'connecting':
      return [span(' ○ connecting…', { color: 'yellow' })];
    case 'offline':
      return [span(' ○ offline', { color: 'red' })];
  }
}

function hint(ui: Ui): string {
  if (ui.narrow) return 'F1 help';
  if (ui.panel !== null) return '↑↓ Enter Esc';
  if (ui.focus === 'messages') return 'r reply  e edit  d delete  + react  i info  ? help';
  if (ui.focus === 'list') return '↑↓ Enter opens  ? help';
  return 'Tab panes  ↑ select  Ctrl-F search  Ctrl-K jump  F1 help';
}
