const FIRST_MS = 500;
const MOST_MS = 15_000;

/**
 * Milliseconds to wait after so many failures in a row (from 1): longer each time, and spread, so that those who wait for the same
 * store do not come back to it together.
 */
export function pauseMs(failures: number, firstMs = FIRST_MS): number {
  const longest = Math.min(MOST_MS, firstMs * 2 ** Math.min(failures - 1, 16));
  return longest * (0.5 + Math.random() / 2);
}

export function pause(failures: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs(failures)).unref());
}
