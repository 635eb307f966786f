import type { Fold } from './history.ts';

/** Most users named an emoji; the count counts them all. */
export const MOST_NAMED = 20;

export interface ReactionGroup {
  emoji: string;
  count: number;
  /** Earliest first, by (time, user id); may be longer than {@link MOST_NAMED}. */
  users: string[];
  /** When the earliest was made, milliseconds since the epoch. */
  since: number;
}

/** What a message shows beside its own content; null: nothing. Most used emoji first, then the one used earliest. */
export function foldOf(edited: Fold['edited'] | null, reactions: ReactionGroup[]): Fold | null {
  if (!edited && reactions.length === 0) return null;
  const fold: Fold = {};
  if (edited) fold.edited = edited;
  if (reactions.length > 0) {
    fold.reactions = reactions
      .toSorted((a, b) => b.count - a.count || a.since - b.since || (a.emoji < b.emoji ? -1 : 1))
      .map(({ emoji, count, users }) => ({ emoji, count, users: users.slice(0, MOST_NAMED) }));
  }
  return fold;
}
