import type { ConversationStore } from './store.ts';

/** The groups that the user is in now. */
export async function groupsOf(
  store: Pick<ConversationStore, 'memberships'>,
  user: string,
): Promise<string[]> {
  const all = await store.memberships(user);
  return all
    .filter(({ conversation, role }) => conversation.kind === 'group' && role !== null)
    .map(({ conversation }) => conversation.id);
}
