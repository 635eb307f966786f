import type { Content } from '../../../protocol/content.ts';
import type { Refusal } from '../../../protocol/errors.ts';
import type { AnyEvent, EventOf } from '../../../protocol/events.ts';

export interface Reaction {
  emoji: string;
  count: number;
  /** Who, as far as they are named: of many the server names some. */
  users: string[];
}

/** A message with what became of it. */
export interface StoredMessage {
  type: 'message';
  /** The id of the command that sent it: the same before and after it has its number. */
  key: string;
  /** null: it is to a user to whom there is no conversation yet. */
  conversation: string | null;
  /** null: not on the server yet. */
  seq: number | null;
  sender: string;
  device: string | null;
  /** Of the server, milliseconds since the Unix epoch; null: not there yet. */
  time: number | null;
  /** null: gone. */
  content: Content | null;
  gone: 'deleted' | 'expired' | null;
  /** It could not be decoded: `content` is as it came. */
  unreadable: boolean;
  edited: { at: number; count: number } | null;
  replyTo: number | null;
  mentions: string[];
  forwarded: number;
  /** When the content is to be gone, milliseconds since the Unix epoch by the server's clock; null: never. */
  expires: number | null;
  reactions: Reaction[];
}

/** Something that happened, told by the server and not written by anyone. */
export interface Notice {
  type: 'notice';
  key: string;
  conversation: string;
  seq: number;
  sender: string;
  time: number;
  event: EventOf<NoticeType>;
}

export type StoredEntry = StoredMessage | Notice;

/** How far a message of one's own has come. */
export type SendState = 'uploading' | 'queued' | 'accepted' | 'delivered' | 'read' | 'refused';

export type Message = StoredMessage & {
  /** null: someone else's. */
  state: SendState | null;
  /** Why, where `state` is `refused`. */
  refusal: Refusal | null;
};
export type Entry = Message | Notice;

export type NoticeType =
  | 'group.created'
  | 'members.added'
  | 'members.removed'
  | 'member.role'
  | 'group.updated'
  | 'timer.changed';
const notices = /* @__PURE__ */ new Set<string>([
  'group.created',
  'members.added',
  'members.removed',
  'member.role',
  'group.updated',
  'timer.changed',
] satisfies NoticeType[]);

export const isNotice = (event: AnyEvent): event is EventOf<NoticeType> => notices.has(event.type);

export type FoldEvent = EventOf<'message.edited' | 'message.deleted' | 'message.reaction'>;
export const isFold = (event: AnyEvent): event is FoldEvent =>
  event.type === 'message.edited' || event.type === 'message.deleted' || event.type === 'message.reaction';

export function noticeOf(event: EventOf<NoticeType>): Notice {
  const { id: key, conversation, seq, sender, time } = event;
  return { type: 'notice', key, conversation, seq, sender: sender.user, time, event };
}

/** `content`: decoded. */
export function messageOf(
  event: EventOf<'message'>,
  content: Content | null,
  unreadable: boolean,
): StoredMessage {
  const gone = event.deleted ? 'deleted' : event.expired ? 'expired' : null;
  return {
    type: 'message',
    key: event.id,
    conversation: event.conversation,
    seq: event.seq,
    sender: event.sender.user,
    device: event.sender.device,
    time: event.time,
    content: gone === null ? content : null,
    gone,
    unreadable: gone === null && unreadable,
    edited: event.edited === undefined ? null : { at: event.edited.at, count: event.edited.count },
    replyTo: event.reply_to ?? null,
    mentions: event.mentions ?? [],
    forwarded: event.forwarded ?? 0,
    expires: event.expires ?? null,
    reactions: event.reactions ?? [],
  };
}

/** What a later event makes of a message. `content`: of an edit, decoded. Events that come again, or late, change nothing. */
export function fold(
  message: StoredMessage,
  event: FoldEvent,
  content: Content | null,
  unreadable: boolean,
): StoredMessage {
  if (message.gone !== null) return message;
  switch (event.type) {
    case 'message.deleted':
      return without(message, 'deleted');
    case 'message.edited': {
      if (event.deleted || event.expired || content === null) return message;
      const { edited } = message;
      // A page of history had a newer one already.
      if (edited !== null && event.time <= edited.at) return message;
      const { mentions = message.mentions } = event;
      return {
        ...message,
        content,
        unreadable,
        mentions,
        edited: { at: event.time, count: (edited?.count ?? 0) + 1 },
      };
    }
    case 'message.reaction':
      return { ...message, reactions: react(message.reactions, event.sender.user, event.emoji) };
  }
}

export function without(message: StoredMessage, gone: 'deleted' | 'expired'): StoredMessage {
  return { ...message, gone, content: null, unreadable: false, edited: null, reactions: [], mentions: [] };
}

/** True when somebody's reaction may be among those that are counted and not named: only the server can tell. */
export const isUnclear = (reactions: readonly Reaction[], user: string): boolean =>
  reactions.some(({ count, users }) => count > users.length) &&
  !reactions.some(({ users }) => users.includes(user));

function react(reactions: readonly Reaction[], user: string, emoji: string | null): Reaction[] {
  if (reactions.some((reaction) => reaction.emoji === emoji && reaction.users.includes(user)))
    return [...reactions];
  const others = reactions
    .map((reaction) =>
      reaction.users.includes(user)
        ? { ...reaction, count: reaction.count - 1, users: reaction.users.filter((other) => other !== user) }
        : reaction,
    )
    .filter(({ count }) => count > 0);
  if (emoji === null) return others;
  const same = others.find((reaction) => reaction.emoji === emoji);
  const mine = { emoji, count: (same?.count ?? 0) + 1, users: [...(same?.users ?? []), user] };
  return (
    same === undefined ? [...others, mine] : others.map((other) => (other === same ? mine : other))
  ).sort((a, b) => b.count - a.count);
}
