import { Refused } from '../../../protocol/errors.ts';
import { plainEvent } from '../../conversations/events.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { ChangeRules } from '../pipeline.ts';
import type { MessageRuleParts } from './parts.ts';

/** Deletes a message for oneself: an event of one's own stream, so that one's other devices hide it too. */
export function messageHide({ history, store }: MessageRuleParts): ChangeRules<'message.hide'> {
  return {
    type: 'message.hide',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq } = command;
      // Also where one is not a member any more: one's own view can be tidied.
      const membership = await store.membership(actor.user, conversation);
      const target = mayRead(membership, seq) ? await history.get(conversation, seq) : null;
      if (target === null || target.type !== 'message') throw new Refused('message_not_found');
      const draft = plainEvent(
        actor,
        { stream: actor.user, type: 'message.hidden', id: command.id, time: acceptedAt },
        { target: { conversation, seq } },
      );
      return { draft };
    },
    apply: (_event, { conversation, seq }, actor) => store.hide(actor.user, conversation, seq),
  };
}
