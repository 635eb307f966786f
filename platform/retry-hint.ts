/** Part of the time by which a hint is more or less. */
const SPREAD = 0.5;

/** About so many milliseconds, spread, so that those who are sent away together do not come back together. */
export function retryHint(ms: number): number {
  return Math.round(ms * (1 - SPREAD + 2 * SPREAD * Math.random()));
}
