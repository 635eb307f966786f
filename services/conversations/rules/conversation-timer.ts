import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { asMember, refuseBlocked } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';

export function conversationTimer({ cache, store, relations }: RuleParts): ChangeRules<'conversation.timer'> {
  return {
    type: 'conversation.timer',
    event: 'timer.changed',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const entry = await asMember(cache, actor, command.conversation);
      // Of two, either may.
      if (entry.conversation.kind === 'group' && entry.role === 'member') throw new Refused('not_an_admin');
      await refuseBlocked(relations, actor, entry);
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'timer.changed', id: command.id, time: acceptedAt },
        { seconds: command.seconds },
      );
      return { draft };
    },
    async apply(event) {
      const { seconds } = JSON.parse(event.body) as EventOf<'timer.changed'>;
      await store.update(event.stream, { timer: seconds }, event.seq);
    },
    stale: (event) => cache.forget(event.stream),
  };
}
