import { type QueryRules, RawJson } from '../../queries.ts';
import { eventText } from './event-text.ts';
import type { QueryParts } from './parts.ts';
import { readable } from './readable.ts';

const DEFAULT_LIMIT = 50;

export function messagesList({ history, store }: QueryParts): QueryRules<'messages.list'> {
  return {
    type: 'messages.list',
    async answer(actor, { conversation, before, after, limit = DEFAULT_LIMIT }) {
      const membership = await readable(store, actor, conversation);
      const at = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
      const page = await history.page(conversation, membership.readable, at, limit);
      const first = page[0]?.seq ?? 0;
      const last = page.at(-1)?.seq ?? 0;
      const hidden = page.length === 0 ? null : await store.hidden(actor.user, conversation, first, last);
      const shown = hidden === null ? [] : page.filter(({ seq }) => !hidden.has(seq));
      // `first` and `last` page on: hidden messages may leave a page short, or empty, without its being the end.
      return new RawJson(
        `{"conversation":"${conversation}","first":${first},"last":${last},"more":${page.length === limit},"events":[${shown.map((event) => eventText(event, membership)).join(',')}]}`,
      );
    },
  };
}
