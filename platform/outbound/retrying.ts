/** The longest that a receiver may ask us to wait, milliseconds. */
const MOST_ASKED_MS = 24 * 3_600_000;

/**
 * Milliseconds until the next attempt: twice as long each time, up to `maxMs`; somewhere in the upper half of that, so that those who failed
 * together do not come back together.
 * @param failures 1: the first one
 */
export function backoff(
  failures: number,
  { minMs, maxMs }: { minMs: number; maxMs: number },
  random: () => number = Math.random,
): number {
  const most = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(most / 2 + (random() * most) / 2);
}

/** RFC 9110 §10.2.3: seconds, or a date; milliseconds from `now`. Null: there is none that can be read. */
export function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MOST_ASKED_MS);
}
