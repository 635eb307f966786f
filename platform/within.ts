import { setTimeout as timer } from 'node:timers/promises';

/** Waits for `work`, `ms` milliseconds at most. False: it goes on. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const done = new AbortController();
  const late = timer(ms, false, { signal: done.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
}
