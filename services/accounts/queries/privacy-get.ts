import { Refused } from '../../../protocol/errors.ts';
import type { QueryRules } from '../../queries.ts';
import type { AccountParts } from '../parts.ts';

export function privacyGet({ known }: Pick<AccountParts, 'known'>): QueryRules<'privacy.get'> {
  return {
    type: 'privacy.get',
    async answer(actor) {
      const user = await known.users.get(actor.user);
      if (user === null) throw new Refused('user_not_found');
      return { last_seen: user.lastSeenAudience, presence: user.presenceAudience };
    },
  };
}
