import type { AccountParts } from '../parts.ts';
import { ownChange } from './own-stream.ts';

/** A change that only the server makes, after it has asked whether the one who wants it may: see `managing.ts`. */
export function botUpdate({ store, known }: Pick<AccountParts, 'store' | 'known'>) {
  return ownChange({
    type: 'bot.update',
    event: 'bot.updated',
    fields: ({ scopes, groups, paused, rate, deleted }) => ({ scopes, groups, paused, rate, deleted }),
    async apply(user, { scopes, groups, paused, rate, deleted, time }) {
      await store.updateBot(user, {
        ...(scopes === undefined ? {} : { scopes }),
        ...(groups === undefined ? {} : { groups }),
        ...(paused === undefined ? {} : { paused }),
        ...(rate === undefined ? {} : { rate }),
        ...(deleted === true ? { deletedAt: time } : {}),
      });
    },
    stale: (user) => known.bots.forget(user),
  });
}
