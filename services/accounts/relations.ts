import { pairName } from '../../platform/pair-name.ts';
import type { Relations } from './accounts.ts';
import type { Known } from './known.ts';
import type { User } from './store.ts';

export function createRelations({ users, bots, blocked }: Known): Relations {
  return {
    exists(user) {
      const known = users.get(user);
      return known instanceof Promise ? known.then((found) => isThere(found)) : isThere(known);
    },
    blocked(a, b) {
      const known = blocked.get(pairName(a, b));
      // The source always answers: null does not come.
      return known instanceof Promise ? known.then((is) => is === true) : known;
    },
    async forGroups(user) {
      if ((await users.get(user))?.kind !== 'bot') return true;
      return (await bots.get(user))?.groups === true;
    },
  };

  /** A bot that was deleted is not there for anybody any more. */
  function isThere(user: User | null): boolean | Promise<boolean> {
    if (user?.kind !== 'bot') return user !== null;
    const known = bots.get(user.id);
    return known instanceof Promise ? known.then((bot) => bot?.deletedAt == null) : known.deletedAt === null;
  }
}
