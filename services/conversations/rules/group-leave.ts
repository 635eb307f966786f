import { Refused } from '../../../protocol/errors.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { countOwners, inGroup } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';
import { applyRemoval } from './removal.ts';

export function groupLeave({ cache, store }: RuleParts): ChangeRules<'group.leave'> {
  return {
    type: 'group.leave',
    event: 'members.removed',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const entry = await inGroup(cache, actor, command.conversation);
      // The last one may close the door.
      if (entry.role === 'owner' && countOwners(entry) === 1 && entry.members.size > 1)
        throw new Refused('last_owner');
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'members.removed', id: command.id, time: acceptedAt },
        { users: [actor.user] },
      );
      return { draft, left: [actor.user] };
    },
    apply: (event) => applyRemoval(store, event),
    stale: (event) => cache.forget(event.stream),
  };
}
