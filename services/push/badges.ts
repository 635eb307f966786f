import type { ConversationStore } from '../conversations/store.ts';
import type { Cursors } from '../messages/cursors.ts';
import type { History } from '../messages/history.ts';

/** A badge shows no more than this. */
const MOST_UNREAD = 999;
/** Of who is in more, the ones with the newest joinings are counted: a number on an icon is not worth more. */
const MOST_CONVERSATIONS = 500;

export interface BadgeParts {
  conversations: Pick<ConversationStore, 'memberships'>;
  cursors: Pick<Cursors, 'readsOf'>;
  history: Pick<History, 'unread'>;
}

/** Messages that the user has not read, over all conversations, up to a bound. */
export async function badgeOf(
  { conversations, cursors, history }: BadgeParts,
  user: string,
): Promise<number> {
  const [memberships, reads] = await Promise.all([conversations.memberships(user), cursors.readsOf(user)]);
  const asked = memberships
    .filter(({ role }) => role !== null)
    .slice(-MOST_CONVERSATIONS)
    .map(({ conversation, delivered }) => ({
      stream: conversation.id,
      // What came before one's joining was never unread.
      after: Math.max(reads.get(conversation.id) ?? 0, (delivered.at(-1)?.from ?? 1) - 1),
      to: null,
    }));
  if (asked.length === 0) return 0;
  const unread = await history.unread(asked, user, MOST_UNREAD);
  return Math.min(
    MOST_UNREAD,
    [...unread.values()].reduce((sum, count) => sum + count, 0),
  );
}
