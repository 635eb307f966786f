import type { ConversationStore } from '../../conversations/store.ts';
import type { FoldedEvent } from '../history.ts';

/** Of events of any conversations those that the user has not deleted for themself: one read. */
export async function withoutHidden(
  store: ConversationStore,
  user: string,
  events: readonly FoldedEvent[],
): Promise<FoldedEvent[]> {
  const places = events.map(({ stream, seq }) => ({ conversation: stream, seq }));
  const hidden = await store.hiddenAmong(user, places);
  const keys = new Set(hidden.map(({ conversation, seq }) => `${conversation}/${seq}`));
  return events.filter(({ stream, seq }) => !keys.has(`${stream}/${seq}`));
}
