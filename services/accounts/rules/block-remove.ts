import { pairName } from '../../../platform/pair-name.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function blockRemove({ store, known, relations, visibility }: AccountParts) {
  return ownChange({
    type: 'block.remove',
    event: 'block.removed',
    check: (actor, { user }) => checkAnother(relations, actor.user, user),
    fields: ({ user }) => ({ user }),
    async apply(user, { user: other }) {
      await store.unblock(user, other);
    },
    stale(user, { user: other }) {
      known.blocked.forget(pairName(user, other));
      visibility.changed(user, other);
    },
  });
}
