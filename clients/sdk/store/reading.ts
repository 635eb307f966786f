import type { Kept } from './conversations.ts';
import { rangeOf } from './ranges.ts';
import type { Change, Shelf } from './shelf.ts';

/** As far as the server counts, too. */
const MOST_UNREAD = 1_000;

/** One has read everything of a conversation up to `seq`. */
export async function readUpTo(
  { shelf, me }: { shelf: Shelf; me: string },
  change: Change,
  conversation: string,
  seq: number,
): Promise<void> {
  const kept = change.conversation(conversation);
  const shown = { ...kept.shown, read: seq };
  shown.unread = await unreadAfter(shelf, me, kept, seq);
  change.putConversation({ ...kept, shown });
}

/** Counted where everything is here; otherwise it cannot be more than there are events. */
async function unreadAfter(shelf: Shelf, me: string, { shown, ranges }: Kept, read: number): Promise<number> {
  if (read >= shown.head) return 0;
  const range = rangeOf(ranges, read + 1);
  if (range === null || range[1] < shown.head) return Math.min(shown.unread, shown.head - read);
  const entries = await shelf.entries(shown.id, read + 1, shown.head, { first: MOST_UNREAD });
  return entries.filter(({ type, sender }) => type === 'message' && sender !== me).length;
}
