import { type AnyEvent, conversationEvents, type EventOf, type Receipt } from '../../protocol/events.ts';

/** A message as it is shown: what later events made of it. */
export interface Line {
  seq: number;
  sender: string;
  time: number;
  text: string | null;
  edited: boolean;
  replyTo: number | null;
  reactions: Map<string, string>;
  /** When the content is to be gone, milliseconds since the epoch; null: never. */
  expires: number | null;
  /** Something that happened, told by the server and not written by anyone. */
  notice: boolean;
}

export interface Chat {
  id: string;
  kind: 'direct' | 'group';
  /** Group name; null: named after the peer. */
  name: string | null;
  peer: string | null;
  members: Set<string>;
  /** Ascending by seq. */
  lines: Line[];
  /** The earliest event that is known; null: none is. From here to the head nothing is missing. */
  first: number | null;
  head: number;
  read: number;
  /** How far each member has it, and has read it. */
  receipts: Map<string, { delivered: number; read: number }>;
}

const gone = '(deleted)';
const expired = '(disappeared)';

/** Every chat this device knows of, made of events and nothing else: the same events make the same chats, in any page order. */
export class Chats {
  readonly me: string;
  readonly byId = new Map<string, Chat>();

  constructor(me: string) {
    this.me = me;
  }

  get(id: string): Chat {
    let chat = this.byId.get(id);
    if (chat === undefined) {
      chat = {
        id,
        kind: 'direct',
        name: null,
        peer: null,
        members: new Set(),
        lines: [],
        first: null,
        head: 0,
        read: 0,
        receipts: new Map(),
      };
      this.byId.set(id, chat);
    }
    return chat;
  }

  /** Newest first. */
  get sorted(): Chat[] {
    return [...this.byId.values()].sort((a, b) => (b.lines.at(-1)?.time ?? 0) - (a.lines.at(-1)?.time ?? 0));
  }

  unread(chat: Chat): number {
    return chat.lines.filter((line) => line.seq > chat.read && !line.notice && line.sender !== this.me)
      .length;
  }

  receipts(id: string, receipts: Receipt[]): void {
    const chat = this.get(id);
    for (const receipt of receipts) {
      const { user, delivered = 0, read = 0 } = receipt;
      if (user === this.me) chat.read = Math.max(chat.read, read);
      const known = chat.receipts.get(user);
      // Who has read it has it.
      chat.receipts.set(user, {
        delivered: Math.max(known?.delivered ?? 0, delivered, read),
        read: Math.max(known?.read ?? 0, read),
      });
    }
  }

  /** Takes an event of a conversation; one of another stream is ignored. Events may come again: nothing changes. */
  apply(event: AnyEvent): void {
    // One's own account and device are no chats.
    if (!Object.hasOwn(conversationEvents, event.type)) return;
    const chat = this.get(event.conversation);
    chat.head = Math.max(chat.head, event.seq);
    chat.first = Math.min(chat.first ?? event.seq, event.seq);
    switch (event.type) {
      case 'message':
        return this.#message(chat, event);
      case 'message.edited': {
        const line = chat.lines.find((l) => l.seq === event.target);
        if (line !== undefined && line.text !== null && event.content !== undefined) {
          line.text = textOf(event.content);
          line.edited = true;
        }
        return;
      }
      case 'message.deleted': {
        const line = chat.lines.find((l) => l.seq === event.target);
        if (line !== undefined) line.text = null;
        return;
      }
      case 'message.reaction': {
        const reactions = chat.lines.find((l) => l.seq === event.target)?.reactions;
        if (event.emoji === null) reactions?.delete(event.sender.user);
        else reactions?.set(event.sender.user, oneLine(event.emoji));
        return;
      }
      case 'group.created':
        chat.kind = 'group';
        chat.name = oneLine(event.name);
        for (const member of event.members) chat.members.add(member.user);
        return this.#notice(chat, event, `made the group “${chat.name}”`);
      case 'members.added':
        chat.kind = 'group';
        for (const member of event.members) chat.members.add(member.user);
        return this.#notice(chat, event, `added ${event.members.map((m) => `@${m.user}`).join(', ')}`);
      case 'members.removed': {
        for (const user of event.users) chat.members.delete(user);
        const left = event.users.length === 1 && event.users[0] === event.sender.user;
        return this.#notice(
          chat,
          event,
          left ? 'left' : `removed ${event.users.map((u) => `@${u}`).join(', ')}`,
        );
      }
      case 'member.role':
        return this.#notice(chat, event, `made @${event.user} ${event.role}`);
      case 'group.updated':
        if (event.name !== undefined) {
          chat.name = oneLine(event.name);
          return this.#notice(chat, event, `named the group “${chat.name}”`);
        }
        return this.#notice(chat, event, 'changed the group');
      case 'timer.changed':
        return this.#notice(
          chat,
          event,
          event.seconds === null
            ? 'turned disappearing messages off'
            : `set messages to disappear after ${event.seconds} s`,
        );
    }
  }

  /** Deleted for oneself: as if it had never been there. */
  hide(id: string, seq: number): void {
    const chat = this.get(id);
    chat.lines = chat.lines.filter((line) => line.seq !== seq);
  }

  /** How far the others have it: '✓' accepted, '✓✓' delivered to all, '◉' read by all. */
  ticks(chat: Chat, line: Line): string {
    const receipts = [...chat.receipts].filter(([user]) => user !== this.me).map(([, receipt]) => receipt);
    const others = chat.kind === 'direct' ? 1 : Math.max(chat.members.size - 1, 1);
    if (receipts.filter((r) => r.read >= line.seq).length >= others) return '◉';
    if (receipts.filter((r) => r.delivered >= line.seq).length >= others) return '✓✓';
    return '✓';
  }

  #message(chat: Chat, event: EventOf<'message'>): void {
    chat.kind = event.kind;
    if (event.kind === 'direct')
      chat.peer = event.sender.user === this.me ? (event.peer ?? null) : event.sender.user;
    // In a page of history a message comes with what became of it.
    const content = event.edited?.content ?? event.content;
    const removed = event.deleted === true || event.expired === true || content === undefined;
    const reactions = new Map<string, string>();
    for (const { emoji, users } of event.reactions ?? [])
      for (const user of users) reactions.set(user, oneLine(emoji));
    insert(chat.lines, {
      seq: event.seq,
      sender: event.sender.user,
      time: event.time,
      text: removed ? null : textOf(content),
      edited: event.edited !== undefined,
      replyTo: event.reply_to ?? null,
      reactions,
      expires: event.expires ?? null,
      notice: false,
    });
  }

  #notice(chat: Chat, event: AnyEvent, text: string): void {
    insert(chat.lines, {
      seq: event.seq,
      sender: event.sender.user,
      time: event.time,
      text,
      edited: false,
      replyTo: null,
      reactions: new Map(),
      expires: null,
      notice: true,
    });
  }
}

/** Keeps `lines` ascending; the usual place is the end. A line that is there already stays. */
function insert(lines: Line[], line: Line): void {
  let at = lines.length;
  while (at > 0 && lines[at - 1]!.seq > line.seq) at--;
  if (at > 0 && lines[at - 1]!.seq === line.seq) return;
  lines.splice(at, 0, line);
}

/** What can be shown of a content. Control characters are made visible, so that nobody paints on another's terminal. */
export function textOf(content: unknown): string {
  const { type, text } = content as { type: string; text?: unknown };
  return printable(typeof text === 'string' ? text : `(${type})`);
}

export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}

/** For what stands in one line: names, reactions. Nobody writes a line in another's name. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ');
}

export function shown(line: Line, now = Date.now()): string {
  if (line.expires !== null && line.expires <= now) return expired;
  return line.text ?? gone;
}
