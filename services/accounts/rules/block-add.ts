import { pair } from '../known.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function blockAdd({ store, known, relations, visibility }: AccountParts) {
  return ownChange({
    type: 'block.add',
    event: 'block.added',
    check: (actor, { user }) => checkAnother(relations, actor.user, user),
    fields: ({ user }) => ({ user }),
    async apply(user, { user: other }) {
      await store.block(user, other);
      known.blocked.forget(pair(user, other));
      visibility.changed(user, other);
    },
  });
}
