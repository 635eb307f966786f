import { parseTopic } from '../../protocol/topics.ts';
import type { OpenRules } from '../open/rules.ts';

/** Where a PUBLISH of a user goes. */
export type Destination =
  | { kind: 'outbox' }
  | { kind: 'typing'; conversation: string }
  | { kind: 'open' }
  | { kind: 'forbidden' };

const FORBIDDEN: Destination = { kind: 'forbidden' };
const OUTBOX: Destination = { kind: 'outbox' };
const OPEN: Destination = { kind: 'open' };

/** What a user may publish to: the own outbox, typing (membership is looked at there), and what the operator allows. */
export function destination(user: string, topic: string, open: OpenRules): Destination {
  if (open.owns(topic)) return open.mayPublish(user, topic) ? OPEN : FORBIDDEN;
  const parsed = parseTopic(topic);
  if (parsed?.kind === 'outbox' && parsed.user === user) return OUTBOX;
  if (parsed?.kind === 'typing' && parsed.conversation !== '+')
    return { kind: 'typing', conversation: parsed.conversation };
  return FORBIDDEN;
}
