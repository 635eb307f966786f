import { Refused } from '../../../protocol/errors.ts';
import type { QueryRules } from '../../queries.ts';
import type { AccountParts } from '../parts.ts';
import { profileFor } from './profile.ts';

/** By the whole name only: names cannot be browsed. */
export function userFind(parts: AccountParts): QueryRules<'user.find'> {
  return {
    type: 'user.find',
    async answer(actor, { username }) {
      const found = await parts.store.userByName(username);
      if (found === null) throw new Refused('user_not_found', username);
      return profileFor(actor.user, found, parts);
    },
  };
}
