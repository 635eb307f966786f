import type { QueryRules } from '../queries.ts';
import type { PreferenceStore } from './store.ts';

export function notificationsGet(store: PreferenceStore): QueryRules<'notifications.get'> {
  return {
    type: 'notifications.get',
    async answer({ user }) {
      const { show, mentionsOverride, quiet, digestHours } = (await store.notifications([user])).get(user)!;
      return { show, mentions_override: mentionsOverride, quiet, digest_hours: digestHours };
    },
  };
}
