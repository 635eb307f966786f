import type { AccountParts } from '../parts.ts';
import { ownChange } from './own-stream.ts';

export function privacyUpdate({
  store,
  known,
  visibility,
}: Pick<AccountParts, 'store' | 'known' | 'visibility'>) {
  return ownChange({
    type: 'privacy.update',
    event: 'privacy.updated',
    fields: ({ last_seen, presence }) => ({ last_seen, presence }),
    async apply(user, { last_seen, presence }) {
      await store.updateProfile(user, { lastSeenAudience: last_seen, presenceAudience: presence });
    },
    stale(user) {
      known.users.forget(user);
      visibility.changed(user);
    },
  });
}
