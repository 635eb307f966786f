import { Refused } from '../../../protocol/errors.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { asMember } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';

export function conversationTimer({ cache, store }: RuleParts): ChangeRules<'conversation.timer'> {
  return {
    type: 'conversation.timer',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation, role } = await asMember(cache, actor, command.conversation);
      if (conversation.kind === 'group' && role === 'member') throw new Refused('not_an_admin');
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'timer.changed', id: command.id, time: acceptedAt },
        { seconds: command.seconds },
      );
      return { draft };
    },
    async apply(event, { seconds }) {
      await store.update(event.stream, { timer: seconds }, event.seq);
      cache.forget(event.stream);
    },
  };
}
