import type { Ordering } from './consuming.ts';
import type { LogRecord } from './log.ts';
import { partitionKey } from './partition-key.ts';

/**
 * What has to stay behind a command that cannot be decided yet: what makes events of the same stream, and what the same device has sent,
 * as far as the log orders that: within a partition.
 */
export const LOG_ORDER: Ordering<LogRecord> = {
  keysOf: (record) => [partitionKey(record), record.actor.device],
  sizeOf: ({ text }) => text.length,
};
