import { pairName } from '../../platform/pair-name.ts';
import type { Relations } from './accounts.ts';
import type { Known } from './known.ts';

export function createRelations({ users, blocked }: Known): Relations {
  return {
    exists(user) {
      const known = users.get(user);
      return known instanceof Promise ? known.then((found) => found !== null) : true;
    },
    blocked(a, b) {
      const known = blocked.get(pairName(a, b));
      // The source always answers: null does not come.
      return known instanceof Promise ? known.then((is) => is === true) : known;
    },
  };
}
