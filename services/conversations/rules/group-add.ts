import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { asAdmin } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { Member } from '../store.ts';
import { checkCandidates } from './candidates.ts';
import type { RuleParts } from './parts.ts';

export function groupAdd(parts: RuleParts): ChangeRules<'group.add'> {
  const { cache, store, limits } = parts;
  return {
    type: 'group.add',
    event: 'members.added',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { members } = await asAdmin(cache, actor, command.conversation);
      const added = command.users.filter((user) => !members.has(user));
      if (added.length === 0) throw new Refused('already_a_member');
      if (members.size + added.length > limits.groupMembers)
        throw new Refused('group_full', `at most ${limits.groupMembers} members`);
      await checkCandidates(parts, actor.user, added);
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'members.added', id: command.id, time: acceptedAt },
        { members: added.map((user): Member => ({ user, role: 'member' })) },
      );
      return { draft, joined: added };
    },
    async apply(event) {
      // Who was added is what the event says: some of the command may have been members before.
      const { members } = JSON.parse(event.body) as EventOf<'members.added'>;
      const conversation = await store.get(event.stream);
      await store.add(event.stream, members, event.seq, conversation?.history === 'all' ? 1 : event.seq);
    },
    stale: (event) => cache.forget(event.stream),
  };
}
