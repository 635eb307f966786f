import { Refused } from '../../../protocol/errors.ts';
import { asMember } from '../../conversations/access.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../pipeline.ts';
import { existing, searchText } from './content.ts';
import type { MessageRuleParts } from './parts.ts';

export function messageEdit({ history, cache, editMs }: MessageRuleParts): ChangeRules<'message.edit'> {
  return {
    type: 'message.edit',
    structural: true,
    async decide(actor, command, acceptedAt) {
      const { conversation, seq, content, mentions } = command;
      await asMember(cache, actor, conversation);
      const target = existing(await history.get(conversation, seq));
      if (target.sender.user !== actor.user) throw new Refused('not_the_sender');
      if (acceptedAt - target.time > editMs) throw new Refused('edit_too_late', `${editMs / 60_000} minutes`);
      const draft = plainEvent(
        actor,
        { stream: conversation, type: 'message.edited', id: command.id, time: acceptedAt },
        { target: seq, content, mentions, expires: target.expires ?? undefined },
      );
      const amends = { kind: 'edit', seq, at: acceptedAt, content, text: searchText(content) } as const;
      // The new content goes when the old one would have gone.
      return { draft: { ...draft, expires: target.expires, amends } };
    },
  };
}
