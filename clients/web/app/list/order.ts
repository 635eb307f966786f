import type { Conversation } from '../../../sdk/index.ts';

/** As the list has them: what is pinned first, each part newest first; what is archived by itself. */
export function ordered(conversations: readonly Conversation[]): {
  shown: Conversation[];
  archived: Conversation[];
} {
  const there = conversations.filter(({ archived }) => !archived);
  return {
    shown: [...there.filter(({ pinned }) => pinned), ...there.filter(({ pinned }) => !pinned)],
    archived: conversations.filter(({ archived }) => archived),
  };
}

/** `now`: milliseconds since the Unix epoch. */
export const isMuted = ({ mutedUntil }: Pick<Conversation, 'mutedUntil'>, now = Date.now()): boolean =>
  mutedUntil !== null && mutedUntil > now;
