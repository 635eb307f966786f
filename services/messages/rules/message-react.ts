import { asMember } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import { existing } from './content.ts';
import type { MessageRuleParts } from './parts.ts';

export function messageReact({ history, cache }: MessageRuleParts): ChangeRules<'message.react'> {
  return {
    type: 'message.react',
    structural: false,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq, emoji } = command;
      await asMember(cache, actor, conversation);
      existing(await history.get(conversation, seq));
      const draft = plainEvent(
        actor,
        { stream: conversation, type: 'message.reaction', id: command.id, time: acceptedAt },
        { target: seq, emoji },
      );
      return { draft: { ...draft, amends: { kind: 'react', seq, at: acceptedAt, user: actor.user, emoji } } };
    },
  };
}
