import { type QueryRules, RawJson } from '../../queries.ts';
import { eventText } from './event-text.ts';
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
      return new RawJson(`{"events":[${found.map(eventText).join(',')}],"next":${JSON.stringify(next)}}`);
    },
  };
}
