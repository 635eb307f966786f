import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import { asMember, refuseBlocked } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import { mentionsOf, searchText } from './content.ts';
import { checkMedia, isMedia, referToMedia } from './media.ts';
import type { MessageRuleParts } from './parts.ts';
import { targetOf } from './target.ts';

/** Without `mentions` those of the message stay. */
export function messageEdit(parts: MessageRuleParts): ChangeRules<'message.edit'> {
  const { cache, relations, editMs } = parts;
  return {
    type: 'message.edit',
    event: 'message.edited',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq, content } = command;
      const entry = await asMember(cache, actor, conversation);
      const target = await targetOf(parts, actor, command, acceptedAt);
      if (target.sender.user !== actor.user) throw new Refused('not_the_sender');
      await refuseBlocked(relations, actor, entry);
      // Both times are of arrival here: what waited in an outbox is judged by when it came.
      if (acceptedAt - target.time > editMs) throw new Refused('edit_too_late', `${editMs / 60_000} minutes`);
      const before = JSON.parse(target.body) as { mentions?: string[] };
      if (isMedia(content)) await checkMedia(parts, actor, content);
      const mentions = mentionsOf(command.mentions ?? before.mentions, (user) => entry.members.has(user));
      const draft = plainEvent(
        actor,
        { stream: conversation, type: 'message.edited', id: command.id, time: acceptedAt },
        { target: seq, content, mentions, expires: target.expires ?? undefined },
      );
      const amends = { kind: 'edit', seq, at: acceptedAt, content, text: searchText(content) } as const;
      // The new content goes when the old one would have gone.
      return { draft: { ...draft, expires: target.expires, amends }, applies: isMedia(content) };
    },
    async apply(event) {
      const { target, content } = JSON.parse(event.body) as EventOf<'message.edited'>;
      await referToMedia(parts, event, target, content);
    },
  };
}
