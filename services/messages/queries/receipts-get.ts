import type { Receipt } from '../../../protocol/events.ts';
import { asMember } from '../../conversations/access.ts';
import type { QueryRules } from '../../queries.ts';
import type { UserReceipt } from '../cursors.ts';
import type { QueryParts } from './parts.ts';

/** Most receipts in one answer, the furthest first: of larger groups a client shows counts, which `message.status` has. */
const MOST_RECEIPTS = 1_000;

export function receiptsGet({ cache, cursors }: QueryParts): QueryRules<'receipts.get'> {
  return {
    type: 'receipts.get',
    async answer(actor, { conversation }) {
      const { members } = await asMember(cache, actor, conversation);
      const receipts = (await cursors.receipts([conversation])).get(conversation) ?? [];
      const ofMembers = receipts
        .filter(({ user }) => members.has(user))
        .sort((a, b) => b.read - a.read || b.delivered - a.delivered);
      return { conversation, receipts: ofMembers.slice(0, MOST_RECEIPTS).map(onTheWire) };
    },
  };
}

export function onTheWire({ user, delivered, deliveredAt, read, readAt }: UserReceipt): Receipt {
  return {
    user,
    delivered,
    ...(deliveredAt === null ? {} : { delivered_at: deliveredAt }),
    read,
    ...(readAt === null ? {} : { read_at: readAt }),
  };
}
