import { Refused } from '../../../protocol/errors.ts';
import { asMember } from '../../conversations/access.ts';
import type { QueryRules } from '../../queries.ts';
import type { QueryParts } from './parts.ts';

/** Most members named in one answer; the counts are of all. */
const MOST_NAMED = 1_000;

/** Of those who were members when it was sent: whoever joined later does not have it, however far their cursors are. */
export function messageStatus({
  history,
  cursors,
  cache,
  store,
  ledger,
}: QueryParts): QueryRules<'message.status'> {
  return {
    type: 'message.status',
    async answer(actor, { message }) {
      const [event] = await history.lookup([{ user: actor.user, id: message }]);
      if (!event || event.type !== 'message') throw new Refused('not_found');
      // Who has left is not told any more what the others do.
      await asMember(cache, actor, event.stream);
      const [addressed, receiptsByStream] = await Promise.all([
        store.membersAt(event.stream, event.seq),
        cursors.receipts([event.stream]),
      ]);
      const receipts = new Map(receiptsByStream.get(event.stream)?.map((r) => [r.user, r]));
      const others = addressed.filter((user) => user !== actor.user).sort();
      const members = others.map((user) => {
        const receipt = receipts.get(user);
        const delivered = (receipt?.delivered ?? 0) >= event.seq;
        const read = (receipt?.read ?? 0) >= event.seq;
        return {
          user,
          // Who has read it has it, whatever the cursor of the device that showed it says.
          delivered: delivered || read,
          read,
          ...(delivered && receipt?.deliveredAt ? { delivered_at: receipt.deliveredAt } : {}),
          ...(read && receipt?.readAt ? { read_at: receipt.readAt } : {}),
        };
      });
      const withPush = async (named: typeof members) => {
        // Most often everybody has it, and nothing is asked.
        const without = named.filter(({ delivered }) => !delivered).map(({ user }) => user);
        if (ledger === undefined || without.length === 0) return named;
        const pushed = await ledger.of(event.stream, event.seq, without);
        return named.map((member) => {
          const push = pushed.get(member.user);
          return push === undefined ? member : { ...member, push };
        });
      };
      return {
        message,
        conversation: event.stream,
        seq: event.seq,
        members_count: members.length,
        delivered_count: members.filter((m) => m.delivered).length,
        read_count: members.filter((m) => m.read).length,
        members: await withPush(members.slice(0, MOST_NAMED)),
      };
    },
  };
}
