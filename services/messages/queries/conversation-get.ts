import { asMember, peerOf } from '../../conversations/access.ts';
import { preferencesOnTheWire } from '../../preferences/on-the-wire.ts';
import type { QueryRules } from '../../queries.ts';
import type { QueryParts } from './parts.ts';

export function conversationGet({ cache, history, preferences }: QueryParts): QueryRules<'conversation.get'> {
  return {
    type: 'conversation.get',
    async answer(actor, { conversation: id }) {
      const { conversation, members, role } = await asMember(cache, actor, id);
      const head = (await history.heads([id])).get(id);
      const { kind, name, photo, history: visible, timer, createdAt } = conversation;
      const set = preferencesOnTheWire(await preferences.get(actor.user, id));
      const common = { id, timer, head: head?.seq ?? 0, created: createdAt, ...set };
      if (kind === 'group')
        return { ...common, kind, name, photo, history: visible, role, members_count: members.size };
      // The note to self is a one-to-one conversation whose peer is oneself.
      return { ...common, kind: 'direct', peer: peerOf(actor.user, members) };
    },
  };
}
