import { Refused } from '../../../protocol/errors.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { asAdmin } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';
import { applyRemoval } from './removal.ts';

export function groupRemove({ cache, store }: RuleParts): ChangeRules<'group.remove'> {
  return {
    type: 'group.remove',
    event: 'members.removed',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { members, role } = await asAdmin(cache, actor, command.conversation);
      if (command.users.includes(actor.user))
        throw new Refused('bad_request', '/users: leave with group.leave');
      const removed = command.users.filter((user) => members.has(user));
      if (removed.length === 0) throw new Refused('user_not_found', 'none of them is a member');
      // Administrators remove plain members; owners anyone.
      if (role === 'admin' && removed.some((user) => members.get(user) !== 'member'))
        throw new Refused('not_an_owner');
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'members.removed', id: command.id, time: acceptedAt },
        { users: removed },
      );
      return { draft, left: removed };
    },
    apply: (event) => applyRemoval(store, event),
    stale: (event) => cache.forget(event.stream),
  };
}
