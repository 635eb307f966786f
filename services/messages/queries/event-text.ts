import { withSequence } from '../../../protocol/events.ts';
import { mayFollow } from '../../conversations/readable.ts';
import type { Membership } from '../../conversations/store.ts';
import type { FoldedEvent } from '../history.ts';

/**
 * An event as history shows it to a member: as it was sent, with what became of it. JSON text, made without parsing the stored one.
 * Of what was said before a member left, what became of it later is not theirs to know: then the events they may read tell it all.
 */
export function eventText({ seq, body, fold }: FoldedEvent, membership: Membership): string {
  const text = withSequence(seq, body);
  if (fold === null || !mayFollow(membership, seq)) return text;
  const more = JSON.stringify(fold);
  return more === '{}' ? text : `${text.slice(0, -1)},${more.slice(1)}`;
}
