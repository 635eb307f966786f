import { setTimeout as timer } from 'node:timers/promises';

const RETRY_MIN_MS = 100;

/** Resolves after a pause that grows with every failure, to `maxMs` milliseconds, or when the signal says so. */
export function retryPause(failures: number, maxMs: number, signal: AbortSignal): Promise<void> {
  return sleep(Math.min(maxMs, RETRY_MIN_MS * 2 ** Math.min(failures - 1, 20)), signal);
}

/** Resolves after `ms` milliseconds, or when the signal says so. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {});
}
