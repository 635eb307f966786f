import { pairName } from '../../../platform/pair-name.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function blockAdd({ store, known, relations, visibility, settings }: AccountParts) {
  return ownChange({
    type: 'block.add',
    event: 'block.added',
    async check(actor, { user }) {
      await checkAnother(relations, actor.user, user);
      const { blocks } = await store.countRelations(actor.user);
      if (blocks >= settings.blocksPerUser)
        throw new Refused('list_full', `at most ${settings.blocksPerUser}`);
    },
    fields: ({ user }) => ({ user }),
    async apply(user, { user: other }) {
      await store.block(user, other);
    },
    stale(user, { user: other }) {
      known.blocked.forget(pairName(user, other));
      visibility.changed(user, other);
    },
  });
}
