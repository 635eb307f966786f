import type { CachedConversation, ConversationCache } from './cache.ts';
import type { Memberships } from './memberships.ts';
import type { ConversationStore } from './store.ts';

const NOBODY: ReadonlySet<string> = new Set();

export function createMemberships(cache: ConversationCache, store: ConversationStore): Memberships {
  /** Ids of a cached entry's members, made once however often they are asked for. */
  const ids = new WeakMap<CachedConversation, ReadonlySet<string>>();

  return {
    role(user, conversation) {
      const entry = cache.get(conversation);
      if (entry instanceof Promise) return entry.then((loaded) => loaded?.members.get(user) ?? null);
      return entry.members.get(user) ?? null;
    },
    async delivered(user) {
      const memberships = await store.memberships(user);
      return memberships.map(({ conversation, delivered }) => ({
        conversation: conversation.id,
        ranges: delivered,
      }));
    },
    async members(conversation) {
      const entry = await cache.get(conversation);
      if (entry === null) return NOBODY;
      const known = ids.get(entry) ?? new Set(entry.members.keys());
      ids.set(entry, known);
      return known;
    },
  };
}
