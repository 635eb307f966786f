import type { Notice, StoredMessage } from '../../sdk/index.ts';
import { fileLine, mediaIn } from './file-line.ts';
import { oneLine, printable } from './printable.ts';

/** What can be chosen under a message, in the order of its numbers: buttons of a bot, or replies that it offers. */
export type Choice =
  | { kind: 'data'; label: string; data: string }
  | { kind: 'url'; label: string; url: string }
  | { kind: 'reply'; label: string };

/** As many as the contract lets a message have: 10 rows of 5. */
const MOST_CHOICES = 50;

type Said = Pick<StoredMessage, 'content' | 'gone' | 'unreadable'>;

/** What a message says, fit for a terminal; never empty. */
export function textOf({ content, gone, unreadable }: Said): string {
  if (gone === 'deleted') return '(deleted)';
  if (gone === 'expired') return '(disappeared)';
  if (content === null) return '(nothing)';
  const { type, text } = content as { type: string; text?: unknown };
  const media = unreadable ? null : mediaIn(content);
  if (media !== null) {
    const caption = typeof text === 'string' && text.trim() !== '' ? ` ${printable(text)}` : '';
    return fileLine(media) + caption;
  }
  if (typeof text === 'string' && text.trim() !== '') return printable(text);
  return unreadable ? '(cannot be read on this device)' : `(${oneLine(type)})`;
}

/** Content is what its sender made of it: whatever is not of the contract is no choice. */
export function choicesOf({ content, gone }: Pick<StoredMessage, 'content' | 'gone'>): Choice[] {
  if (content === null || gone !== null) return [];
  const { type, rows, replies } = content as { type: string; rows?: unknown; replies?: unknown };
  const items =
    type === 'buttons' ? listOf(rows).flatMap(listOf) : type === 'quick_replies' ? listOf(replies) : [];
  return items
    .slice(0, MOST_CHOICES)
    .map((item) => choiceOf(type, item))
    .filter((choice) => choice !== null);
}

function choiceOf(type: string, item: unknown): Choice | null {
  if (typeof item !== 'object' || item === null) return null;
  const { label, data, url } = item as Record<string, unknown>;
  if (typeof label !== 'string' || oneLine(label) === '') return null;
  if (type === 'quick_replies') return { kind: 'reply', label };
  if (typeof data === 'string') return { kind: 'data', label, data };
  const address = typeof url === 'string' ? URL.parse(url) : null;
  // Nothing but the web: a link must not start programs.
  if (address !== null && /^https?:$/.test(address.protocol))
    return { kind: 'url', label, url: address.href };
  return null;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What happened, after the name of who did it. `name`: what a user is called. */
export function noticeText({ event, sender }: Notice, name: (user: string) => string): string {
  switch (event.type) {
    case 'group.created':
      return `made the group “${oneLine(event.name)}”`;
    case 'members.added':
      return `added ${event.members.map(({ user }) => name(user)).join(', ')}`;
    case 'members.removed':
      return event.users.length === 1 && event.users[0] === sender
        ? 'left'
        : `removed ${event.users.map(name).join(', ')}`;
    case 'member.role':
      return `made ${name(event.user)} ${event.role}`;
    case 'group.updated':
      return event.name === undefined ? 'changed the group' : `named the group “${oneLine(event.name)}”`;
    case 'timer.changed':
      return event.seconds === null
        ? 'turned disappearing messages off'
        : `set messages to disappear after ${spanOf(event.seconds)}`;
  }
}

/** Whom a notice names. */
export function namedIn({ event }: Notice): string[] {
  switch (event.type) {
    case 'members.added':
      return event.members.map(({ user }) => user);
    case 'members.removed':
      return event.users;
    case 'member.role':
      return [event.user];
    default:
      return [];
  }
}

/** Seconds as people say them. */
export function spanOf(seconds: number): string {
  const units = [
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  for (const [unit, size] of units)
    if (seconds % size === 0) return `${seconds / size} ${unit}${seconds === size ? '' : 's'}`;
  return `${seconds} second${seconds === 1 ? '' : 's'}`;
}
