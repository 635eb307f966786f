import { setTimeout as pause } from 'node:timers/promises';

/** What a state may take on a machine that has much else to do; no test is about it. */
const LIMIT_MS = 60_000;
const LOOKS_EVERY_MS = 100;

/** Resolves when it holds. `what`, as a function asked at the end, was waited for in vain. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
  limitMs = LIMIT_MS,
): Promise<void> {
  for (const until = Date.now() + limitMs; !(await holds()); ) {
    if (Date.now() > until) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await pause(LOOKS_EVERY_MS);
  }
}
