import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { History } from './history.ts';

/** Removed in one write, which the appends of messages wait for. */
const BATCH = 500;

export interface Sweeper {
  /** Sweeps at once, then every `seconds`. */
  start(): void;
  /** Resolves when the batch under way is done; what is left is found at the next start. */
  stop(): Promise<void>;
  /** Removes everything that is due. */
  sweep(): Promise<void>;
}

/** Removes content whose time has come, also what came due while the server was down. */
export function createSweeper(parts: {
  history: Pick<History, 'expire'>;
  clock: Clock;
  logger: Logger;
  seconds: number;
  onErased: (stream: string, seq: number) => void;
}): Sweeper {
  const { history, clock, logger, onErased } = parts;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> | null = null;

  async function sweep(): Promise<void> {
    while (!stopped) {
      const removed = await history.expire(clock.now(), BATCH);
      for (const { stream, seq } of removed) onErased(stream, seq);
      if (removed.length < BATCH) return;
    }
  }
  /** One sweep at a time: a slow one is not followed by those it held up. */
  const run = () => {
    running ??= sweep()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'the sweep of expired content failed; it is tried again'),
      )
      .finally(() => {
        running = null;
      });
  };
  return {
    sweep,
    start() {
      run();
      timer = setInterval(run, parts.seconds * 1_000);
      timer.unref();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
