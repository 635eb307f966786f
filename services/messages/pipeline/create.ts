import type { Logger } from '../../../platform/logging.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { within } from '../../../platform/within.ts';
import type { FeedWriter } from '../feed.ts';
import type { History } from '../history.ts';
import type { CommandLog, LogConsumer, LogRecord } from '../log.ts';
import type { ChangeRules } from '../pipeline.ts';
import type { DirectoryState } from './directory-state.ts';
import { createNumbering } from './numbering.ts';

export interface NumberingServiceParts {
  log: Pick<CommandLog, 'consume'>;
  history: History;
  rules: readonly ChangeRules[];
  feed: FeedWriter;
  /** See `NumberingParts.directory`. */
  directory?: DirectoryState;
  /** Others consume the log too: what is left when this one stops is theirs. */
  shared?: boolean;
  logger: Logger;
  metrics?: Metrics;
}

/** The consumer of the command log: it decides, numbers, stores and tells. */
export interface NumberingService {
  start(): Promise<void>;
  /** Resolves when everything that was in the log has been handled, or after `timeoutMs`; false: not all of it. */
  caughtUp(timeoutMs: number): Promise<boolean>;
  /** Handles what is in the log, unless it is shared, then stops. */
  stop(): Promise<void>;
  /** Holds numbering and delivery back; commands are accepted all the same. */
  pause(): Promise<void>;
  resume(): void;
}

const LAG_EVERY_MS = 1_000;

export function createNumberingService(parts: NumberingServiceParts): NumberingService {
  const { log, metrics } = parts;
  const numbering = createNumbering(parts);
  let consumer: LogConsumer | null = null;
  const ours = (record: LogRecord) => consumer?.owns?.(record) ?? true;
  let lagTimer: NodeJS.Timeout | undefined;

  return {
    async start() {
      const started = await log.consume((batch) => numbering.handle(batch, ours));
      consumer = started;
      if (metrics === undefined) return;
      const note = () => {
        metrics.pipeline_lag.set(started.lag);
        metrics.pipeline_set_aside.set(started.waiting);
      };
      note();
      lagTimer = setInterval(note, LAG_EVERY_MS);
      lagTimer.unref();
    },
    caughtUp: (timeoutMs) => within(consumer?.drained() ?? Promise.resolve(), timeoutMs),
    async stop() {
      clearInterval(lagTimer);
      if (parts.shared !== true) await consumer?.drained();
      await consumer?.stop();
    },
    pause: async () => consumer?.pause(),
    resume: () => consumer?.resume(),
  };
}
