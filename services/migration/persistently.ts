import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../protocol/errors.ts';

/** How often something is tried while a server does not answer, and milliseconds in between. */
const ATTEMPTS = 10;
const PAUSE_MS = 1_000;

/** A server may be away for a moment: what is idempotent is tried again. @throws what it failed with last */
export async function persistently<T>(work: () => Promise<T>, pauseMs = PAUSE_MS): Promise<T> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof Refused && ['unavailable', 'overloaded'].includes(error.refusal.code);
      if (!passing || left === 1) throw error;
    }
    await pause(pauseMs);
  }
}
