import { withSequence } from '../../../protocol/events.ts';
import type { FoldedEvent } from '../history.ts';

/** An event as history shows it: as it was sent, with what became of it. JSON text, made without parsing the stored one. */
export function eventText({ seq, body, fold }: FoldedEvent): string {
  const text = withSequence(seq, body);
  if (fold === null) return text;
  const more = JSON.stringify(fold);
  return more === '{}' ? text : `${text.slice(0, -1)},${more.slice(1)}`;
}
