import { VERSION } from '../../protocol/commands.ts';
import type { EventType } from '../../protocol/events.ts';
import type { Actor } from '../actor.ts';
import type { EventDraft } from '../messages/history.ts';

/** The draft of an event that nobody searches for and that never expires: what everything but messages is. */
export function plainEvent(
  actor: Actor,
  made: { stream: string; type: EventType; id: string; time: number },
  fields: object,
): EventDraft {
  const { stream, type, id, time } = made;
  const sender = { user: actor.user, device: actor.device };
  return {
    stream,
    type,
    sender,
    id,
    time,
    body: JSON.stringify({ v: VERSION, type, conversation: stream, id, sender, time, ...fields }),
    expires: null,
    text: null,
    amends: null,
  };
}
