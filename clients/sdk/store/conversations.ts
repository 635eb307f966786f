import type { Role } from '../../../protocol/commands.ts';
import type { AnyEvent, EventOf, Receipt } from '../../../protocol/events.ts';
import type { AnswerOf, ListedConversation } from '../answers.ts';
import { isNotice, type SendState, type StoredMessage } from './entries.ts';
import { addRange, type Ranges } from './ranges.ts';

/** A conversation as a list shows it. */
export interface Conversation {
  id: string;
  kind: 'direct' | 'group';
  /** Of a group; a one-to-one conversation is called as its peer is. */
  name: string | null;
  photo: string | null;
  history: 'joined' | 'all' | null;
  peer: string | null;
  /** One's own role in a group; null: not known, or none. */
  role: Role | null;
  /** False: one has left, or was removed. */
  member: boolean;
  /** Seconds after which new messages disappear; null: never. */
  timer: number | null;
  head: number;
  /** Of the newest event, by the server's clock, milliseconds since the Unix epoch: what the list is sorted by. */
  time: number;
  /** How far one has read, on any device. */
  read: number;
  unread: number;
  last: StoredMessage | null;
  draft: string;
  /** No notifications until then, milliseconds since the Unix epoch; null: not muted. */
  mutedUntil: number | null;
  pinned: boolean;
  archived: boolean;
}

/** How far a member has it. */
export interface Cursor {
  delivered: number;
  deliveredAt: number | null;
  read: number;
  readAt: number | null;
}

/** What is kept of a conversation beside its messages. Replaced, never changed. */
export interface Kept {
  shown: Conversation;
  /** What is here of its stream. */
  ranges: Ranges;
  /** The newest event that came in order; 0: none yet. */
  live: number;
  /** Up to where `unread` counts. */
  counted: number;
}

export type Cursors = Readonly<Record<string, Cursor>>;
export type Members = Readonly<Record<string, Role>>;

export function emptyConversation(id: string): Kept {
  return {
    shown: {
      id,
      kind: 'direct',
      name: null,
      photo: null,
      history: null,
      peer: null,
      role: null,
      member: true,
      timer: null,
      head: 0,
      time: 0,
      read: 0,
      unread: 0,
      last: null,
      draft: '',
      mutedUntil: null,
      pinned: false,
      archived: false,
    },
    ranges: [],
    live: 0,
    counted: 0,
  };
}

/** What the next event of its stream makes of a conversation. `last`: the message, where it is one. */
export function advance(kept: Kept, event: AnyEvent, me: string, last: StoredMessage | null): Kept {
  const shown = { ...kept.shown };
  const { seq } = event;
  shown.head = Math.max(shown.head, seq);
  shown.time = Math.max(shown.time, event.time);
  if (isNotice(event)) Object.assign(shown, noticed(shown, event, me));
  if (event.type === 'message') {
    shown.kind = event.kind;
    if (event.kind === 'direct')
      shown.peer = event.sender.user === me ? (event.peer ?? shown.peer) : event.sender.user;
    if (last !== null && (shown.last?.seq ?? 0) <= seq) shown.last = last;
    if (event.sender.user !== me && seq > kept.counted && seq > shown.read) shown.unread++;
  }
  // Nothing that may be read lies between two events that come in order.
  const ranges = addRange(kept.ranges, kept.live > 0 && kept.live < seq ? kept.live : seq, seq);
  return { shown, ranges, live: Math.max(kept.live, seq), counted: Math.max(kept.counted, seq) };
}

function noticed(shown: Conversation, event: AnyEvent, me: string): Partial<Conversation> {
  switch (event.type) {
    case 'group.created': {
      const role = event.members.find(({ user }) => user === me)?.role ?? null;
      const { name, photo = null, history } = event;
      return { kind: 'group', name, photo, history, role, member: role !== null };
    }
    case 'members.added': {
      const own = event.members.find(({ user }) => user === me);
      return own === undefined ? { kind: 'group' } : { kind: 'group', role: own.role, member: true };
    }
    case 'members.removed':
      return event.users.includes(me) ? { kind: 'group', role: null, member: false } : { kind: 'group' };
    case 'member.role':
      return event.user === me ? { role: event.role } : {};
    case 'group.updated': {
      const { name = shown.name, photo = shown.photo, history = shown.history } = event;
      return { name, photo, history };
    }
    case 'timer.changed':
      return { timer: event.seconds };
    default:
      return {};
  }
}

/** What one has set for oneself, on this device or another. */
export function preferred(kept: Kept, event: EventOf<'preferences.updated'>): Kept {
  const { mutedUntil, pinned, archived } = kept.shown;
  const { muted_until = mutedUntil } = event;
  const set = {
    mutedUntil: muted_until,
    pinned: event.pinned ?? pinned,
    archived: event.archived ?? archived,
  };
  return { ...kept, shown: { ...kept.shown, ...set } };
}

/** Who is in a group after an event; null: not known. */
export function membersAfter(members: Members | null, event: AnyEvent): Members | null {
  if (event.type === 'group.created') return Object.fromEntries(event.members.map((m) => [m.user, m.role]));
  if (members === null) return null;
  if (event.type === 'members.added')
    return { ...members, ...Object.fromEntries(event.members.map((m) => [m.user, m.role])) };
  if (event.type === 'member.role') return { ...members, [event.user]: event.role };
  if (event.type === 'members.removed')
    return Object.fromEntries(Object.entries(members).filter(([user]) => !event.users.includes(user)));
  return members;
}

/** What the server's list says of a conversation. `unread`: counted here, where everything needed is here. */
export function merge(kept: Kept, listed: ListedConversation, last: StoredMessage | null): Kept {
  const shown = { ...kept.shown };
  if (listed.head >= shown.head) {
    const { kind, name = null, photo = null, history = null, role = null, timer } = listed;
    Object.assign(shown, { kind, name, photo, history, role, timer, member: true });
    shown.peer = listed.peer ?? shown.peer;
  }
  if (last !== null && (last.seq ?? 0) >= (shown.last?.seq ?? 0)) shown.last = last;
  const { muted_until: mutedUntil = null, pinned = false, archived = false } = listed;
  Object.assign(shown, { mutedUntil, pinned, archived });
  let { counted } = kept;
  if (listed.head >= counted) {
    // One's own reading may not have reached the server yet.
    shown.unread = listed.read >= shown.read ? listed.unread : Math.min(shown.unread, listed.unread);
    counted = listed.head;
  }
  shown.head = Math.max(shown.head, listed.head);
  shown.time = Math.max(shown.time, listed.time);
  shown.read = Math.max(shown.read, listed.read);
  return { ...kept, shown, counted };
}

/** What the server says of a group; where something newer has been heard of it, only what is not known at all. */
export function settled(kept: Kept, known: AnswerOf<'conversation.get'>): Kept {
  const { shown } = kept;
  const { kind, name = null, photo = null, history = null, role = null, timer } = known;
  if (known.head < shown.head)
    return { ...kept, shown: { ...shown, name: shown.name ?? name, history: shown.history ?? history } };
  const { muted_until: mutedUntil, pinned, archived } = known;
  const said = { kind, name, photo, history, role, timer, mutedUntil, pinned, archived };
  return { ...kept, shown: { ...shown, ...said } };
}

/** Receipts only grow. Who has read it has it. */
export function mergeReceipts(cursors: Cursors, receipts: readonly Receipt[]): Cursors {
  const merged: Record<string, Cursor> = { ...cursors };
  for (const { user, delivered = 0, delivered_at, read = 0, read_at } of receipts) {
    const known = merged[user] ?? { delivered: 0, deliveredAt: null, read: 0, readAt: null };
    merged[user] = {
      delivered: Math.max(known.delivered, delivered, read),
      deliveredAt: delivered > known.delivered ? (delivered_at ?? null) : known.deliveredAt,
      read: Math.max(known.read, read),
      readAt: read > known.read ? (read_at ?? null) : known.readAt,
    };
  }
  return merged;
}

/** How far all of the others have a conversation; null: nobody is known to be there. */
export function reachOf(
  { shown }: Kept,
  me: string,
  cursors: Cursors,
  members: Members | null,
): { delivered: number; read: number } | null {
  const others = shown.kind === 'direct' ? [shown.peer] : members === null ? [] : Object.keys(members);
  const reach = { delivered: Number.POSITIVE_INFINITY, read: Number.POSITIVE_INFINITY };
  for (const user of others) {
    if (user === me || user === null) continue;
    reach.delivered = Math.min(reach.delivered, cursors[user]?.delivered ?? 0);
    reach.read = Math.min(reach.read, cursors[user]?.read ?? 0);
  }
  return Number.isFinite(reach.read) ? reach : null;
}

/** How far a message of one's own has come: as far as with the last of the others. */
export function stateWithin(seq: number, reach: { delivered: number; read: number } | null): SendState {
  if (reach === null) return 'accepted';
  if (reach.read >= seq) return 'read';
  return reach.delivered >= seq ? 'delivered' : 'accepted';
}
