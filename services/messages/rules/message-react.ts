import { asMember, refuseBlocked } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import type { MessageRuleParts } from './parts.ts';
import { targetOf } from './target.ts';

export function messageReact(parts: MessageRuleParts): ChangeRules<'message.react'> {
  const { cache, relations } = parts;
  return {
    type: 'message.react',
    event: 'message.reaction',
    structural: false,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq, emoji } = command;
      const entry = await asMember(cache, actor, conversation);
      await targetOf(parts, actor, command, acceptedAt);
      // Taking it back says nothing.
      if (emoji !== null) await refuseBlocked(relations, actor, entry);
      const draft = plainEvent(
        actor,
        { stream: conversation, type: 'message.reaction', id: command.id, time: acceptedAt },
        { target: seq, emoji },
      );
      return { draft: { ...draft, amends: { kind: 'react', seq, at: acceptedAt, user: actor.user, emoji } } };
    },
  };
}
