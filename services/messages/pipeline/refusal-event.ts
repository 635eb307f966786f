import { VERSION } from '../../../protocol/commands.ts';
import type { Refusal } from '../../../protocol/errors.ts';
import { derivedId } from '../../conversations/direct.ts';
import type { EventDraft, StoredEvent } from '../history.ts';
import type { LogRecord } from '../log.ts';

/** How long a refusal can be read by a device that is away, milliseconds: 30 days. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** The event that tells a device of a refusal after PUBACK. Its id is derived, so that a replayed log tells it once. */
export function refusalEvent({ actor, command, acceptedAt }: LogRecord, error: Refusal): EventDraft {
  const id = derivedId(`refused/${actor.user}/${command.id}`);
  const sender = { user: actor.user, device: actor.device };
  return {
    stream: actor.device,
    type: 'refused',
    sender,
    id,
    time: acceptedAt,
    body: JSON.stringify({
      v: VERSION,
      type: 'refused',
      conversation: actor.device,
      id,
      sender,
      time: acceptedAt,
      command: command.id,
      error,
    }),
    expires: acceptedAt + KEPT_MS,
    text: null,
    amends: null,
  };
}

/** What the event says was refused; null: it is none that tells of a refusal. */
export function refusalIn({ type, body }: StoredEvent): { command: string; error: Refusal } | null {
  if (type !== 'refused') return null;
  const { command, error } = JSON.parse(body) as { command: string; error: Refusal };
  return { command, error };
}
