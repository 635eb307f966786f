import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { ConversationStore, Membership } from '../../conversations/store.ts';

/** What the user may read of a conversation, also after leaving it. @throws {Refused} conversation_not_found */
export async function readable(
  store: ConversationStore,
  actor: Actor,
  conversation: string,
): Promise<Membership> {
  const membership = await store.membership(actor.user, conversation);
  // Never a member: whether it exists is not theirs to know.
  if (membership === null) throw new Refused('conversation_not_found');
  return membership;
}
