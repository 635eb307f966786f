import type { CacheAge } from '../../platform/cache-age.ts';
import { ReadThroughCache } from '../../platform/read-through-cache.ts';
import type { Role } from '../../protocol/commands.ts';
import type { Conversation, ConversationStore } from './store.ts';

export interface CachedConversation {
  conversation: Conversation;
  /** Current members. */
  members: Map<string, Role>;
}

/** What is kept at most: entries, and members of all of them together. */
const BOUNDS = { conversations: 50_000, members: 2_000_000 };

/**
 * Conversations with their members, as the store has them: the rules have an entry forgotten after the store was changed.
 * Few large groups are as bounded as many small ones.
 */
export class ConversationCache extends ReadThroughCache<CachedConversation> {
  /** `age`: where other processes change the store too. */
  constructor(store: Pick<ConversationStore, 'get' | 'members'>, bounds = BOUNDS, age?: CacheAge) {
    super(bounds.conversations, (id) => read(store, id), {
      weight: { of: ({ members }) => members.size, most: bounds.members },
      ...(age === undefined ? {} : { age }),
    });
  }
}

async function read(
  store: Pick<ConversationStore, 'get' | 'members'>,
  id: string,
): Promise<CachedConversation | null> {
  const conversation = await store.get(id);
  if (conversation === null) return null;
  const members = await store.members(id);
  return { conversation, members: new Map(members.map(({ user, role }) => [user, role])) };
}
