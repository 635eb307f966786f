import type { EventOf } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import type { StoredEvent, StreamedEvent } from '../history.ts';
import type { Decision } from '../pipeline.ts';

/** A decision that has been stored just now, as it is told. */
export function streamed({ draft, joined, left }: Decision, seq: number, actor: Actor): StreamedEvent {
  const { stream, type, sender, id, time, body, expires } = draft;
  const event: StreamedEvent = { stream, seq, type, sender, id, time, body, expires, actor };
  if (joined !== undefined) event.joined = joined;
  if (left !== undefined) event.left = left;
  if (draft.amends?.kind === 'delete') event.erased = draft.amends.seq;
  return event;
}

/** The same for an event that an earlier process stored and may not have told: what was decided is read from it. */
export function streamedAgain(event: StoredEvent, actor: Actor): StreamedEvent {
  return { ...event, actor, ...consequences(event) };
}

function consequences({
  type,
  seq,
  sender,
  body,
}: StoredEvent): Pick<StreamedEvent, 'joined' | 'left' | 'erased'> {
  switch (type) {
    case 'group.created':
    case 'members.added': {
      const { members } = JSON.parse(body) as EventOf<'group.created' | 'members.added'>;
      return { joined: members.map(({ user }) => user) };
    }
    case 'members.removed':
      return { left: (JSON.parse(body) as EventOf<'members.removed'>).users };
    case 'message.deleted':
      return { erased: (JSON.parse(body) as EventOf<'message.deleted'>).target };
    case 'message': {
      // The first between two makes their conversation.
      if (seq !== 1) return {};
      const { kind, peer } = JSON.parse(body) as EventOf<'message'>;
      return kind === 'direct' && peer !== undefined ? { joined: [...new Set([sender.user, peer])] } : {};
    }
    default:
      return {};
  }
}
