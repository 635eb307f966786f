import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { countOwners, inGroup } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';

export function groupRole({ cache, store }: RuleParts): ChangeRules<'group.role'> {
  return {
    type: 'group.role',
    event: 'member.role',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const entry = await inGroup(cache, actor, command.conversation);
      if (entry.role !== 'owner') throw new Refused('not_an_owner');
      const before = entry.members.get(command.user);
      if (before === undefined) throw new Refused('user_not_found', 'not a member');
      if (before === 'owner' && command.role !== 'owner' && countOwners(entry) === 1)
        throw new Refused('last_owner');
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'member.role', id: command.id, time: acceptedAt },
        { user: command.user, role: command.role },
      );
      return { draft };
    },
    async apply(event) {
      const { user, role } = JSON.parse(event.body) as EventOf<'member.role'>;
      await store.setRole(event.stream, user, role, event.seq);
    },
    stale: (event) => cache.forget(event.stream),
  };
}
