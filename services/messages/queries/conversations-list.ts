import type { Actor } from '../../actor.ts';
import { peerOf } from '../../conversations/access.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { Membership } from '../../conversations/store.ts';
import { preferencesOnTheWire } from '../../preferences/on-the-wire.ts';
import { noPreferences } from '../../preferences/store.ts';
import { type QueryRules, RawJson } from '../../queries.ts';
import type { FoldedEvent, Head } from '../history.ts';
import { eventText } from './event-text.ts';
import { withoutHidden } from './hidden.ts';
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

/**
 * The user's conversations, newest first, each with what a list shows: seven bulk reads, whatever their number. `last` is null when the newest message
 * is not theirs to read, or they deleted it for themself.
 */
export function conversationsList({
  history,
  cursors,
  store,
  cache,
  preferences,
}: QueryParts): QueryRules<'conversations.list'> {
  /** By conversation: with whom. The last message says it; the members are asked where there is none. */
  async function peersOf(actor: Actor, page: readonly Listed[]): Promise<Map<string, string>> {
    const peers = new Map<string, string>();
    for (const { membership, head } of page) {
      const { id, kind } = membership.conversation;
      if (kind === 'group') continue;
      const entry = head.last === null ? await cache.get(id) : null;
      const peer = head.last === null ? entry && peerOf(actor.user, entry.members) : peerBy(actor, head.last);
      if (peer !== null) peers.set(id, peer);
    }
    return peers;
  }

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
      const lasts = await withoutHidden(store, actor.user, page.map(readableLast).filter(isThere));
      const shownLast = new Map(lasts.map((last) => [last.stream, last]));
      const peers = await peersOf(actor, page);
      const set = await preferences.all(actor.user);
      const items = page.map(({ membership, head }) => {
        const { conversation, role } = membership;
        const { id, kind, name, photo, history: visible, timer } = conversation;
        const group = kind === 'group';
        const fields = JSON.stringify({
          id,
          // The note to self is a one-to-one conversation whose peer is oneself.
          kind: group ? kind : 'direct',
          ...(group ? { name, photo, history: visible, role } : { peer: peers.get(id) ?? null }),
          timer,
          head: head.seq,
          time: head.time,
          read: reads.get(id) ?? 0,
          unread: unread.get(id) ?? 0,
          ...preferencesOnTheWire(set.get(id) ?? noPreferences),
          ...(kind === 'direct' ? { receipts: (receipts.get(id) ?? []).map(onTheWire) } : {}),
        });
        const last = shownLast.get(id);
        const shown = last === undefined ? 'null' : eventText(last, membership);
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

function readableLast({ membership, head }: Listed): FoldedEvent | null {
  return head.last !== null && mayRead(membership, head.last.seq) ? head.last : null;
}

const isThere = (event: FoldedEvent | null) => event !== null;

/** Of a message between two, also of its tombstone: the one who is not asking. */
function peerBy(actor: Actor, last: FoldedEvent): string | null {
  if (last.sender.user !== actor.user) return last.sender.user;
  return (JSON.parse(last.body) as { peer?: string }).peer ?? null;
}
