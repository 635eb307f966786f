import type { StoredEvent } from '../../messages/history.ts';
import type { ConversationStore } from '../store.ts';

/** Projects `members.removed`: whoever it names gets this event and nothing after it. */
export async function applyRemoval(store: ConversationStore, event: StoredEvent): Promise<void> {
  const { users } = JSON.parse(event.body) as { users: string[] };
  await store.remove(event.stream, users, event.seq);
}
