import type { AccountParts } from './parts.ts';

const HOUR_MS = 3_600_000;

/** Deletes refresh tokens that have expired, now and every hour. Returns how to stop it. */
export function sweepTokens({
  store,
  clock,
  logger,
}: Pick<AccountParts, 'store' | 'clock' | 'logger'>): () => Promise<void> {
  let sweeping: Promise<void> = Promise.resolve();
  let stopping = false;
  const sweep = async () => {
    try {
      let swept = 0;
      for (let some = -1; some !== 0 && !stopping; swept += some) some = await store.sweepTokens(clock.now());
      if (swept > 0) logger.info({ swept }, 'expired refresh tokens deleted');
    } catch (error) {
      logger.warn({ err: error }, 'expired refresh tokens could not be deleted');
    }
  };
  const again = () => {
    sweeping = sweeping.then(sweep);
  };
  again();
  const timer = setInterval(again, HOUR_MS);
  timer.unref();
  return () => {
    stopping = true;
    clearInterval(timer);
    return sweeping;
  };
}
