import type { QueryRules } from '../../queries.ts';
import type { AccountStore } from '../store.ts';

export function blocksList({ store }: { store: AccountStore }): QueryRules<'blocks.list'> {
  return {
    type: 'blocks.list',
    async answer(actor) {
      const blocks = await store.blocks(actor.user);
      const users = await store.users(blocks);
      return {
        blocks: blocks.flatMap((user) => {
          const found = users.get(user);
          return found === undefined ? [] : [{ user, username: found.username, name: found.name }];
        }),
      };
    },
  };
}
