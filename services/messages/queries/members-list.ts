import { asMember } from '../../conversations/access.ts';
import type { QueryRules } from '../../queries.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type { QueryParts } from './parts.ts';

const DEFAULT_LIMIT = 200;

export function membersList({ cache, bots }: QueryParts): QueryRules<'members.list'> {
  return {
    type: 'members.list',
    async answer(actor, { conversation, limit = DEFAULT_LIMIT, cursor }) {
      const { members } = await asMember(cache, actor, conversation);
      const [after] = cursor === undefined ? [''] : (readCursor(cursor, ['string']) as [string]);
      const users = [...members.keys()].filter((user) => user > after).sort();
      const page = users.slice(0, limit);
      const areBots = await bots?.(page);
      return {
        members: page.map((user) => ({
          user,
          role: members.get(user),
          ...(areBots?.has(user) === true ? { bot: true } : {}),
        })),
        next: users.length > limit ? writeCursor([page.at(-1)!]) : null,
      };
    },
  };
}
