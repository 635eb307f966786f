import type { CacheAge } from '../../platform/cache-age.ts';
import type { Relations } from '../accounts/accounts.ts';
import type { ChangeRules } from '../messages/pipeline.ts';
import { ConversationCache } from './cache.ts';
import { createMemberships } from './create-memberships.ts';
import type { Memberships } from './memberships.ts';
import { conversationTimer } from './rules/conversation-timer.ts';
import { groupAdd } from './rules/group-add.ts';
import { groupCreate } from './rules/group-create.ts';
import { groupLeave } from './rules/group-leave.ts';
import { groupRemove } from './rules/group-remove.ts';
import { groupRole } from './rules/group-role.ts';
import { groupUpdate } from './rules/group-update.ts';
import type { RuleParts } from './rules/parts.ts';
import type { ConversationStore } from './store.ts';

export interface Conversations {
  cache: ConversationCache;
  memberships: Memberships;
  changeRules: ChangeRules[];
}

export function createConversations(parts: {
  store: ConversationStore;
  relations: Relations;
  limits: RuleParts['limits'];
  /** Where other processes change the store too; absent: nobody does. */
  cacheAge?: CacheAge;
}): Conversations {
  const cache = new ConversationCache(parts.store, undefined, parts.cacheAge);
  const rules = { ...parts, cache };
  return {
    cache,
    memberships: createMemberships(cache, parts.store),
    changeRules: [
      groupCreate(rules),
      groupAdd(rules),
      groupRemove(rules),
      groupLeave(rules),
      groupUpdate(rules),
      groupRole(rules),
      conversationTimer(rules),
    ] as ChangeRules[],
  };
}
