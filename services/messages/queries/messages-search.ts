import { mayFollow } from '../../conversations/readable.ts';
import type { Membership } from '../../conversations/store.ts';
import { type QueryRules, RawJson } from '../../queries.ts';
import type { FoldedEvent } from '../history.ts';
import { eventText } from './event-text.ts';
import { withoutHidden } from './hidden.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type { QueryParts } from './parts.ts';
import { readable } from './readable.ts';

const DEFAULT_LIMIT = 50;

export function messagesSearch({ history, store }: QueryParts): QueryRules<'messages.search'> {
  return {
    type: 'messages.search',
    async answer(actor, { query, conversation, limit = DEFAULT_LIMIT, cursor }) {
      const memberships =
        conversation === undefined
          ? await store.memberships(actor.user)
          : [await readable(store, actor, conversation)];
      let before: { time: number; stream: string; seq: number } | null = null;
      if (cursor !== undefined) {
        const [time, stream, seq] = readCursor(cursor, ['number', 'string', 'number']) as [
          number,
          string,
          number,
        ];
        before = { time, stream, seq };
      }
      const where = memberships.map((m) => ({ stream: m.conversation.id, ranges: m.readable }));
      const found = await history.search(where, query, before, limit);
      const last = found.length === limit ? found.at(-1) : undefined;
      const next = last === undefined ? null : writeCursor([last.time, last.stream, last.seq]);
      const of = new Map(memberships.map((m) => [m.conversation.id, m]));
      const shown = (await withoutHidden(store, actor.user, found)).filter((event) =>
        wasSaid(event, of.get(event.stream)!),
      );
      const texts = shown.map((event) => eventText(event, of.get(event.stream)!));
      return new RawJson(`{"events":[${texts.join(',')}],"next":${JSON.stringify(next)}}`);
    },
  };
}

/** Not found by an edit that may have been made after the user left: that it was found would tell what it says. */
function wasSaid({ seq, fold }: FoldedEvent, membership: Membership): boolean {
  return fold?.edited === undefined || mayFollow(membership, seq);
}
