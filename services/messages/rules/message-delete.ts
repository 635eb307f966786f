import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import { asMember } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import { mayHaveMedia } from './media.ts';
import type { MessageRuleParts } from './parts.ts';
import { targetOf } from './target.ts';

/** Deletes for everyone. Not refused between two of whom one has blocked the other: it takes back, it says nothing. */
export function messageDelete(parts: MessageRuleParts): ChangeRules<'message.delete'> {
  return {
    type: 'message.delete',
    event: 'message.deleted',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation: stream, seq } = command;
      const { conversation, role } = await asMember(parts.cache, actor, stream);
      const target = await targetOf(parts, actor, command, acceptedAt);
      const mayModerate = conversation.kind === 'group' && role !== 'member';
      if (target.sender.user !== actor.user && !mayModerate) throw new Refused('not_the_sender');
      const draft = plainEvent(
        actor,
        { stream, type: 'message.deleted', id: command.id, time: acceptedAt },
        { target: seq },
      );
      return {
        draft: { ...draft, amends: { kind: 'delete', seq, at: acceptedAt, by: actor.user } },
        applies: mayHaveMedia(target),
      };
    },
    async apply(event) {
      const { target } = JSON.parse(event.body) as EventOf<'message.deleted'>;
      await parts.media?.release(event.stream, target);
    },
  };
}
