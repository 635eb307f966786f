import type { LoggedOf, LoggedType } from '../../../protocol/commands.ts';
import type { EventOf, EventType } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import { plainEvent } from '../../conversations/events.ts';
import type { ChangeRules } from '../../messages/pipeline.ts';

/** What is particular to one change of one's own account. */
export interface OwnChange<T extends LoggedType, E extends EventType> {
  type: T;
  event: E;
  /** Throws {@link Refused} when the change cannot be made. */
  check?(actor: Actor, command: LoggedOf<T>): Promise<void>;
  /** What the event says beside its envelope; undefined fields are left out. */
  fields(command: LoggedOf<T>): object;
  /** Idempotent: the same event may come again, after a crash also with those that followed it, in their order. */
  apply(user: string, event: EventOf<E>): Promise<void>;
  /** Forgets what caches hold that it has made old. */
  stale?(user: string, event: EventOf<E>): void;
}

/**
 * A change in the user's own stream.
 */
export function ownChange<T extends LoggedType, E extends EventType>(
  change: OwnChange<T, E>,
): ChangeRules<T> {
  return {
    type: change.type,
    event: change.event,
    structural: true,
    async decide(actor, command, acceptedAt) {
      await change.check?.(actor, command);
      const made = { stream: actor.user, type: change.event, id: command.id, time: acceptedAt };
      return { draft: plainEvent(actor, made, change.fields(command)) };
    },
    apply: (event) => change.apply(event.stream, JSON.parse(event.body) as EventOf<E>),
    stale: (event) => change.stale?.(event.stream, JSON.parse(event.body) as EventOf<E>),
  };
}
