import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { plainEvent } from '../events.ts';
import type { Member } from '../store.ts';
import { checkCandidates } from './candidates.ts';
import type { RuleParts } from './parts.ts';

export function groupCreate(parts: RuleParts): ChangeRules<'group.create'> {
  const { cache, store, relations, limits } = parts;
  return {
    type: 'group.create',
    event: 'group.created',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const others = (command.members ?? []).filter((user) => user !== actor.user);
      if (others.length + 1 > limits.groupMembers)
        throw new Refused('group_full', `at most ${limits.groupMembers} members`);
      // A retry by the same user was found before: this is somebody else's.
      if ((await cache.get(command.id)) !== null) throw new Refused('conversation_exists');
      // A group's stream has the id of its command: that must never be the stream of somebody's account.
      if (await relations.exists(command.id)) throw new Refused('conversation_exists');
      if ((await store.countGroups(actor.user)) >= limits.groupsPerUser)
        throw new Refused('too_many_groups', `at most ${limits.groupsPerUser}`);
      await checkCandidates(parts, actor.user, others);
      const members: Member[] = [
        { user: actor.user, role: 'owner' },
        ...others.map((user): Member => ({ user, role: 'member' })),
      ];
      const draft = plainEvent(
        actor,
        { stream: command.id, type: 'group.created', id: command.id, time: acceptedAt },
        {
          name: command.name,
          ...(command.photo === undefined ? {} : { photo: command.photo }),
          history: command.history ?? 'joined',
          members,
        },
      );
      return { draft, joined: members.map(({ user }) => user) };
    },
    async apply(event) {
      const { name, photo, history, members } = JSON.parse(event.body) as EventOf<'group.created'>;
      await store.create(
        {
          id: event.stream,
          kind: 'group',
          name,
          photo: photo ?? null,
          history,
          timer: null,
          createdBy: event.sender.user,
          createdAt: event.time,
        },
        members,
        event.seq,
      );
    },
    stale: (event) => cache.forget(event.stream),
  };
}
