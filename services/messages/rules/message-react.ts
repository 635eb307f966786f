import { asMember } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { ChangeRules } from '../pipeline.ts';
import { existing } from './content.ts';
import type { MessageRuleParts } from './parts.ts';

export function messageReact({ history, cache, store }: MessageRuleParts): ChangeRules<'message.react'> {
  return {
    type: 'message.react',
    structural: false,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq, emoji } = command;
      await asMember(cache, actor, conversation);
      const membership = await store.membership(actor.user, conversation);
      // What one may not read is as if it were not there.
      existing(mayRead(membership, seq) ? await history.get(conversation, seq) : null);
      const draft = plainEvent(
        actor,
        { stream: conversation, type: 'message.reaction', id: command.id, time: acceptedAt },
        { target: seq, emoji },
      );
      return { draft: { ...draft, amends: { kind: 'react', seq, at: acceptedAt, user: actor.user, emoji } } };
    },
  };
}
