import type { AnswerOf, Message } from '../../../sdk/index.ts';
import type { App } from '../../app.ts';
import { ask, dateTime } from '../../commands/command.ts';
import type { OpenChat } from '../../open-chat.ts';
import { oneLine } from '../../text/printable.ts';
import { spanOf } from '../../text/said.ts';
import { wrap } from '../../text/wrap.ts';
import { bold, colorOf, dim, type Line, span } from '../spans.ts';
import { TextPanel } from './panel.ts';

/** Of a message of one's own: who has it, and who read it. Always: whom and what the conversation is of. */
export function infoPanel(app: App, open: OpenChat, message: Message | null): TextPanel {
  let members: AnswerOf<'members.list'>['members'] | null = null;
  let receipts: AnswerOf<'message.status'> | null = null;
  let profile: AnswerOf<'profile.get'> | null = null;
  const failed = () => app.onChange(); // what is known here is shown
  const { conversation } = open;
  const peer = conversation?.peer ?? ('user' in open.where ? open.where.user : null);
  if (conversation?.kind === 'group')
    ask(app)
      .groups.members(conversation.id)
      .then((answer) => {
        members = answer.members;
        app.onChange();
      }, failed);
  else if (peer !== null)
    ask(app)
      .people.profile(peer)
      .then((answer) => {
        profile = answer;
        app.onChange();
      }, failed);
  if (message?.state != null && message.seq !== null)
    ask(app)
      .messages.status(message.key)
      .then((answer) => {
        receipts = answer;
        app.onChange();
      }, failed);
  return new TextPanel('Details', (width) => {
    const lines: Line[] = [];
    if (message !== null) lines.push(...aboutMessage(app, message, receipts, width), []);
    lines.push([bold(app.title(open.where))]);
    if (conversation?.timer != null)
      lines.push([dim(`Messages disappear after ${spanOf(conversation.timer)}.`)]);
    if (conversation?.kind === 'group') {
      lines.push([
        dim(
          conversation.member ? `You are ${conversation.role ?? 'a member'}.` : 'You are not in this group.',
        ),
      ]);
      lines.push([], [bold(members === null ? 'Members' : `Members (${members.length})`)]);
      for (const { user, role } of members ?? []) lines.push(member(app, user, role));
      if (members === null)
        lines.push([dim(app.client.status === 'online' ? '…' : 'not known without a connection')]);
    } else if (profile !== null) {
      const { username, kind, status } = profile;
      lines.push([dim(oneLine(`@${username}${kind === 'bot' ? ' · bot' : ''}`))]);
      if (status) lines.push(...wrap(oneLine(status), width).map((row) => [span(row)]));
    }
    return lines;
  });
}

function member(app: App, user: string, role: string): Line {
  const online = app.store.presence(user)?.online === true;
  const name = user === app.me ? 'you' : app.names.of(user);
  return [
    span(online ? '● ' : '  ', { color: 'green' }),
    span(name, { color: colorOf(user) }),
    ...(role === 'member' ? [] : [dim(` ${role}`)]),
  ];
}

function aboutMessage(
  app: App,
  message: Message,
  status: AnswerOf<'message.status'> | null,
  width: number,
): Line[] {
  const { seq, time, edited, forwarded, expires, reactions, state } = message;
  const lines: Line[] = [[bold(`Message${seq === null ? '' : ` #${seq}`}`)]];
  if (time !== null)
    lines.push([
      dim(`${state === null ? `From ${app.names.of(message.sender)}` : 'Sent'}, ${dateTime(time)}`),
    ]);
  if (edited !== null) lines.push([dim(`Edited ${dateTime(edited.at)}`)]);
  if (forwarded > 0) lines.push([dim('Forwarded')]);
  if (expires !== null) lines.push([dim(`Disappears ${dateTime(expires)}`)]);
  for (const { emoji, count, users } of reactions)
    lines.push(
      ...wrap(
        `${oneLine(emoji)} ${users.map((user) => (user === app.me ? 'you' : app.names.of(user))).join(', ')}${count > users.length ? ` and ${count - users.length} more` : ''}`,
        width,
      ).map((row) => [span(row)]),
    );
  if (status === null) return lines;
  const read = status.members.filter((one) => one.read);
  const delivered = status.members.filter((one) => one.delivered && !one.read);
  const waiting = status.members.filter((one) => !one.delivered && !one.read);
  for (const [title, users, when] of [
    ['Read by', read, 'read_at'],
    ['Delivered to', delivered, 'delivered_at'],
    ['Not yet delivered to', waiting, null],
  ] as const) {
    if (users.length === 0) continue;
    lines.push([], [bold(`${title} (${users.length})`)]);
    for (const one of users) {
      const at = when === null ? undefined : one[when];
      lines.push([
        span(`  ${app.names.of(one.user)}`, { color: colorOf(one.user) }),
        dim(at === undefined ? '' : ` ${dateTime(at)}`),
      ]);
    }
  }
  return lines;
}
