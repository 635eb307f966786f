import type { Relations } from '../../accounts/accounts.ts';
import type { ConversationCache } from '../cache.ts';
import type { ConversationStore } from '../store.ts';

/** What the rules of conversations stand on. */
export interface RuleParts {
  cache: ConversationCache;
  store: ConversationStore;
  relations: Relations;
  limits: { groupMembers: number; groupsPerUser: number };
}
