/** What is offered at once, before one has used others. */
const FIRST = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;
const KEPT = 24;
const NAME = 'dunlin.emoji';

/** Those used last, newest first; on this device alone. */
export function recentEmoji(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, KEPT) : [];
  } catch {
    return []; // a browser that keeps nothing, or something else of this name
  }
}

export function usedEmoji(emoji: string): void {
  try {
    const kept = [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, KEPT);
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // Then the next time begins anew.
  }
}

/** The few to react with: always the same ones in the same places, so that the hand knows them. */
export const quickEmoji = (): readonly string[] => FIRST;
