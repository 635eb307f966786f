import type { Logged } from '../../protocol/commands.ts';
import type { Actor } from '../actor.ts';
import type { Consumer, Handler } from './consuming.ts';

/** A change that was accepted: its sender has been, or is about to be, told so. */
export interface LogEntry {
  actor: Actor;
  /** Milliseconds since the epoch; the time of the event it makes. */
  acceptedAt: number;
  command: Logged;
  /** The JSON text of `command`: what is stored. */
  text: string;
}

export interface LogRecord extends LogEntry {
  /** Grows along the log; comparable within one log only. */
  position: number;
}

/**
 * Port: the command log. What {@link append} resolved for survives `kill -9` and power loss, and reaches the consumer
 * at least once, in the order of positions within a partition, batch by batch.
 */
export interface CommandLog {
  /**
   * Resolves when the entry is durable.
   * @throws {Refused} storage_full, overloaded, unavailable: then it was not kept
   */
  append(entry: LogEntry): Promise<number>;

  /**
   * Starts consuming after the committed position. The handler gets batches one at a time. When it throws, the same batch comes again
   * after a pause that grows to `retryMaxMs` (5,000). What it says it could not finish is set aside with everything that has to stay
   * behind it, and comes again; the rest goes on. A partition with too much set aside stands still, the others go on.
   *
   * A position is committed when everything up to it is finished: what was set aside comes again after a crash, and with it what was
   * finished behind it.
   */
  consume(handler: LogHandler): Promise<LogConsumer>;

  close(): Promise<void>;
}

export type LogHandler = Handler<LogRecord>;

export interface LogConsumer extends Consumer {
  /**
   * Where several processes consume: whether the record is this one's to handle for certain, still. To be asked again before something is
   * written, as the process may have been stopped for a while. Absent: nobody else consumes.
   */
  owns?(record: LogRecord): boolean;
}
