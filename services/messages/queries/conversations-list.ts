import type { Actor } from '../../actor.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { Membership } from '../../conversations/store.ts';
import { type QueryRules, RawJson } from '../../queries.ts';
import type { FoldedEvent, Head } from '../history.ts';
import { eventText } from './event-text.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type { QueryParts } from './parts.ts';
import { onTheWire } from './receipts-get.ts';

const DEFAULT_LIMIT = 50;
/** Unread messages are counted up to here: clients show "999+". */
const MOST_UNREAD = 1_000;

interface Listed {
  membership: Membership;
  head: Head;
}

/** The user's conversations, newest first, each with what a list shows: five bulk reads, whatever their number. */
export function conversationsList({ history, cursors, store }: QueryParts): QueryRules<'conversations.list'> {
  return {
    type: 'conversations.list',
    async answer(actor, { limit = DEFAULT_LIMIT, cursor }) {
      const after =
        cursor === undefined ? null : (readCursor(cursor, ['number', 'string']) as [number, string]);
      const memberships = (await store.memberships(actor.user)).filter(({ role }) => role !== null);
      const heads = await history.heads(memberships.map(({ conversation }) => conversation.id));
      const sorted = memberships
        .map(
          (membership): Listed => ({
            membership,
            head: heads.get(membership.conversation.id) ?? emptyHead(membership),
          }),
        )
        .sort((a, b) => b.head.time - a.head.time || (a.head.stream < b.head.stream ? 1 : -1));
      const from =
        after === null
          ? 0
          : sorted.findIndex(
              ({ head }) => head.time < after[0] || (head.time === after[0] && head.stream < after[1]),
            );
      const page = from === -1 ? [] : sorted.slice(from, from + limit);
      const last = from !== -1 && from + limit < sorted.length ? page.at(-1) : undefined;
      const next = last === undefined ? null : writeCursor([last.head.time, last.head.stream]);

      const reads = await cursors.readsOf(actor.user);
      const unread = await history.unread(
        page.map(({ membership, head }) => ({
          stream: head.stream,
          after: unreadFrom(membership, reads),
          to: null,
        })),
        actor.user,
        MOST_UNREAD,
      );
      const direct = page
        .filter(({ membership }) => membership.conversation.kind === 'direct')
        .map(({ head }) => head.stream);
      const receipts = await cursors.receipts(direct);
      const items = page.map(({ membership, head }) => {
        const { conversation, role } = membership;
        const { id, kind, name, photo, history: visible, timer } = conversation;
        const fields = JSON.stringify({
          id,
          kind,
          ...(kind === 'group' ? { name, photo, history: visible, role } : { peer: peer(actor, head.last) }),
          timer,
          head: head.seq,
          time: head.time,
          read: reads.get(id) ?? 0,
          unread: unread.get(id) ?? 0,
          ...(kind === 'direct' ? { receipts: (receipts.get(id) ?? []).map(onTheWire) } : {}),
        });
        const shown =
          head.last !== null && mayRead(membership, head.last.seq) ? eventText(head.last) : 'null';
        return `${fields.slice(0, -1)},"last":${shown}}`;
      });
      return new RawJson(`{"conversations":[${items.join(',')}],"next":${JSON.stringify(next)}}`);
    },
  };
}

/** A group of whose stream nothing is stored any more, or yet. */
function emptyHead({ conversation }: Membership): Head {
  return { stream: conversation.id, seq: 0, time: conversation.createdAt, last: null };
}

/** What came before one's joining was never unread. */
function unreadFrom({ conversation, delivered }: Membership, reads: Map<string, number>): number {
  return Math.max(reads.get(conversation.id) ?? 0, (delivered.at(-1)?.from ?? 1) - 1);
}

/** Of a message between two: the one who is not asking. */
function peer(actor: Actor, last: FoldedEvent | null): string | null {
  if (last === null) return null;
  if (last.sender.user !== actor.user) return last.sender.user;
  return (JSON.parse(last.body) as { peer?: string }).peer ?? null;
}
