import type { EventOf } from '../../../protocol/events.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import type { MessageRuleParts } from './parts.ts';
import { readableMessage } from './target.ts';

/** Deletes a message for oneself: an event of one's own stream, so that one's other devices hide it too. */
export function messageHide({ history, store }: MessageRuleParts): ChangeRules<'message.hide'> {
  return {
    type: 'message.hide',
    event: 'message.hidden',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq } = command;
      // Also where one is not a member any more, and a tombstone: one's own view can be tidied.
      await readableMessage({ history, store }, actor, command);
      const draft = plainEvent(
        actor,
        { stream: actor.user, type: 'message.hidden', id: command.id, time: acceptedAt },
        { target: { conversation, seq } },
      );
      return { draft };
    },
    apply(event) {
      const { target } = JSON.parse(event.body) as EventOf<'message.hidden'>;
      return store.hide(event.stream, target.conversation, target.seq);
    },
  };
}
