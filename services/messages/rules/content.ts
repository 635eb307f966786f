import { Refused } from '../../../protocol/errors.ts';
import type { FoldedEvent, StoredEvent } from '../history.ts';

/** What a content is found by: its text, also the fallback text of a typed one. */
export function searchText(content: { text?: unknown }): string | null {
  return typeof content.text === 'string' && content.text !== '' ? content.text : null;
}

/** The content is gone: deleted, or expired. */
export function isRemoved(event: StoredEvent): boolean {
  const { deleted, expired } = JSON.parse(event.body) as { deleted?: boolean; expired?: boolean };
  return deleted === true || expired === true;
}

/** The message that a command is about. @throws {Refused} message_not_found, message_deleted */
export function existing(target: FoldedEvent | null): FoldedEvent {
  if (target === null || target.type !== 'message') throw new Refused('message_not_found');
  if (isRemoved(target)) throw new Refused('message_deleted');
  return target;
}
