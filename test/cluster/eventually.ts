import { setTimeout as pause } from 'node:timers/promises';

/** What a state may take on a machine that has much else to do; no test is about it. */
const LIMIT_MS = 60_000;
const LOOKS_EVERY_MS = 100;

export interface Patience {
  /** Milliseconds; a minute when absent. */
  limitMs?: number;
  /** Grows while something goes on: the time begins anew whenever it has. */
  progress?(): number;
}

/** Resolves when it holds. `what`, as a function asked at the end, was waited for in vain. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
  { limitMs = LIMIT_MS, progress = () => 0 }: Patience = {},
): Promise<void> {
  let reached = progress();
  for (let until = Date.now() + limitMs; !(await holds()); ) {
    const now = progress();
    if (now > reached) {
      reached = now;
      until = Date.now() + limitMs;
    }
    if (Date.now() > until) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await pause(LOOKS_EVERY_MS);
  }
}
