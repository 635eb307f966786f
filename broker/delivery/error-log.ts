import type { Logger } from '../../platform/logging.ts';

const EVERY_MS = 1_000;

/** Says what stores could not do, once a moment: when one does not answer, it does not answer thousands of devices. */
export function createErrorLog(logger: Logger): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (error) => {
    const now = performance.now();
    if (now - last < EVERY_MS) {
      unsaid++;
      return;
    }
    last = now;
    logger.warn({ err: error, unsaid }, 'delivery could not read or write its state; it tries again');
    unsaid = 0;
  };
}
