import type { ConversationCache } from '../conversations/cache.ts';
import type { ChangeRules } from '../messages/pipeline.ts';
import type { QueryRules } from '../queries.ts';
import { notificationsGet } from './notifications-get.ts';
import { notificationsUpdate, preferencesUpdate } from './rules.ts';
import type { PreferenceStore } from './store.ts';

export interface PreferencesService {
  changeRules: ChangeRules[];
  queryRules: QueryRules[];
}

/** What users set for themselves: how they have each conversation, and how they are notified. */
export function createPreferences(parts: {
  store: PreferenceStore;
  cache: ConversationCache;
}): PreferencesService {
  return {
    changeRules: [preferencesUpdate(parts), notificationsUpdate(parts)] as ChangeRules[],
    queryRules: [notificationsGet(parts.store)] as QueryRules[],
  };
}
