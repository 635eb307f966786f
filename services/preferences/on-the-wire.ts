import type { Preferences } from './store.ts';

/** What answers about a conversation say of how the one who asks has it. */
export function preferencesOnTheWire({ mutedUntil, pinned, archived }: Preferences) {
  return { muted_until: mutedUntil, pinned, archived };
}
