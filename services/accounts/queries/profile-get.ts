import { Refused } from '../../../protocol/errors.ts';
import type { QueryRules } from '../../queries.ts';
import type { AccountParts } from '../parts.ts';
import { profileFor } from './profile.ts';

export function profileGet(parts: AccountParts): QueryRules<'profile.get'> {
  return {
    type: 'profile.get',
    async answer(actor, { user }) {
      const found = await parts.known.users.get(user);
      if (found === null) throw new Refused('user_not_found', user);
      return profileFor(actor.user, found, parts);
    },
  };
}
