import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';
import { asAdmin } from '../access.ts';
import { plainEvent } from '../events.ts';
import type { RuleParts } from './parts.ts';

export function groupUpdate({ cache, store }: RuleParts): ChangeRules<'group.update'> {
  return {
    type: 'group.update',
    event: 'group.updated',
    structural: true,
    async decide(actor, command, acceptedAt) {
      await asAdmin(cache, actor, command.conversation);
      const { name, photo, history } = command;
      if (name === undefined && photo === undefined && history === undefined)
        throw new Refused('bad_request', '/: nothing to change');
      const draft = plainEvent(
        actor,
        { stream: command.conversation, type: 'group.updated', id: command.id, time: acceptedAt },
        { name, photo, history },
      );
      return { draft };
    },
    async apply(event) {
      const { name, photo, history } = JSON.parse(event.body) as EventOf<'group.updated'>;
      await store.update(
        event.stream,
        {
          ...(name === undefined ? {} : { name }),
          ...(photo === undefined ? {} : { photo }),
          ...(history === undefined ? {} : { history }),
        },
        event.seq,
      );
    },
    stale: (event) => cache.forget(event.stream),
  };
}
