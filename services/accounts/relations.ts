import type { Relations } from './accounts.ts';
import { type Known, pair } from './known.ts';

export function createRelations({ users, blocked }: Known): Relations {
  return {
    exists(user) {
      const known = users.get(user);
      return known instanceof Promise ? known.then((found) => found !== null) : true;
    },
    blocked(a, b) {
      const known = blocked.get(pair(a, b));
      // The source always answers: null does not come.
      return known instanceof Promise ? known.then((is) => is === true) : known;
    },
  };
}
