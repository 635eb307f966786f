import type { Membership } from './store.ts';

/** Whether the user may read this event of the conversation; null: was never a member. */
export function mayRead(membership: Membership | null, seq: number): boolean {
  return membership?.readable.some(({ from, to }) => seq >= from && (to === null || seq <= to)) ?? false;
}

/** Whether they may read this event and what became of it since: there is no leaving after it. */
export function mayFollow({ readable }: Membership, seq: number): boolean {
  return readable.some(({ from, to }) => to === null && seq >= from);
}
