import type { AccountParts } from '../parts.ts';
import { ownChange } from './own-stream.ts';

export function profileUpdate({ store, known }: Pick<AccountParts, 'store' | 'known'>) {
  return ownChange({
    type: 'profile.update',
    event: 'profile.updated',
    fields: ({ name, phone, photo, status }) => ({ name, phone, photo, status }),
    async apply(user, { name, phone, photo, status }) {
      await store.updateProfile(user, { name, phone, photo, status });
    },
    stale: (user) => known.users.forget(user),
  });
}
