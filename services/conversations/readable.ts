import type { Membership } from './store.ts';

/** Whether the user may read this event of the conversation; null: was never a member. */
export function mayRead(membership: Membership | null, seq: number): boolean {
  return membership?.readable.some(({ from, to }) => seq >= from && (to === null || seq <= to)) ?? false;
}
