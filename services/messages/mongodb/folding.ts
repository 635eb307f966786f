import { foldOf, type ReactionGroup } from '../fold.ts';
import type { FoldedEvent } from '../history.ts';
import { type Collections, EVENT_FIELDS, type EventDocument, messageKey, toEvent } from './documents.ts';
import { whole } from './expiring-contents.ts';

export const FOLDED_FIELDS = { ...EVENT_FIELDS, edited: 1, reacted: 1, removed: 1 } as const;
export type FoldedFields = Pick<EventDocument, '_id' | keyof typeof FOLDED_FIELDS>;

/** Adds the contents that expire and the folds: one query more each, when there are such. */
export async function folded(collections: Collections, found: FoldedFields[]): Promise<FoldedEvent[]> {
  const documents = await whole(collections, found);
  const reactions = await reactionsOf(
    collections,
    documents.filter(({ reacted, removed }) => reacted && removed === undefined),
  );
  return documents.map((document) => {
    const { edited, stream, seq } = document;
    const shown = edited && {
      at: edited.at,
      content: JSON.parse(edited.content) as unknown,
      count: edited.count,
    };
    return { ...toEvent(document), fold: foldOf(shown, reactions.get(messageKey(stream, seq)) ?? []) };
  });
}

async function reactionsOf(
  { reactions }: Collections,
  messages: FoldedFields[],
): Promise<Map<string, ReactionGroup[]>> {
  const found = new Map<string, ReactionGroup[]>();
  if (messages.length === 0) return found;
  const made = await reactions
    .find(
      {
        stream: { $in: [...new Set(messages.map(({ stream }) => stream))] },
        of: { $in: messages.map(({ stream, seq }) => messageKey(stream, seq)) },
        emoji: { $ne: null },
      },
      { projection: { _id: 0, of: 1, user: 1, emoji: 1, at: 1 } },
    )
    .toArray();
  made.sort((a, b) => a.at - b.at || (a.user < b.user ? -1 : 1));
  for (const { of, user, emoji, at } of made) {
    const groups = found.get(of) ?? [];
    found.set(of, groups);
    const group = groups.find((one) => one.emoji === emoji);
    if (group === undefined) groups.push({ emoji: emoji!, count: 1, users: [user], since: at });
    else {
      group.count++;
      group.users.push(user);
    }
  }
  return found;
}
