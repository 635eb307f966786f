import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { FoldedEvent } from '../history.ts';
import { isRemoved } from './content.ts';
import type { MessageRuleParts } from './parts.ts';

type Where = { conversation: string; seq: number };

/** The message there, whatever became of its content; what the actor may not read is as if it were not there. @throws {Refused} message_not_found */
export async function readableMessage(
  { history, store }: Pick<MessageRuleParts, 'history' | 'store'>,
  actor: Actor,
  { conversation, seq }: Where,
): Promise<FoldedEvent> {
  const [membership, event] = await Promise.all([
    store.membership(actor.user, conversation),
    history.get(conversation, seq),
  ]);
  if (event === null || event.type !== 'message' || !mayRead(membership, seq))
    throw new Refused('message_not_found');
  return event;
}

/** The message that a command is about, with content to change. @throws {Refused} message_not_found, message_deleted */
export async function targetOf(
  parts: Pick<MessageRuleParts, 'history' | 'store'>,
  actor: Actor,
  where: Where,
  now: number,
): Promise<FoldedEvent> {
  const event = await readableMessage(parts, actor, where);
  if (isRemoved(event, now)) throw new Refused('message_deleted');
  return event;
}
