import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { History } from './history.ts';

const BATCH = 500;

export interface Sweeper {
  /** Sweeps at once, then every `seconds`. */
  start(): void;
  stop(): Promise<void>;
  /** Removes everything that is due. */
  sweep(): Promise<void>;
}

/** Removes content whose time has come, also what came due while the server was down. */
export function createSweeper(parts: {
  history: History;
  clock: Clock;
  logger: Logger;
  seconds: number;
  onErased: (stream: string, seq: number) => void;
}): Sweeper {
  const { history, clock, logger, onErased } = parts;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    for (;;) {
      const removed = await history.expire(clock.now(), BATCH);
      for (const { stream, seq } of removed) onErased(stream, seq);
      if (removed.length < BATCH) return;
    }
  }
  const run = () => {
    running = running
      .then(sweep)
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'the sweep of expired content failed; it is tried again'),
      );
  };
  return {
    sweep,
    start() {
      run();
      timer = setInterval(run, parts.seconds * 1_000);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
