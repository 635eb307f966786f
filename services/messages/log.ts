import type { Logged } from '../../protocol/commands.ts';
import type { Actor } from '../actor.ts';

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
 * at least once, in the order of positions, batch by batch.
 */
export interface CommandLog {
  /**
   * Resolves when the entry is durable.
   * @throws {Refused} storage_full, overloaded, unavailable: then it was not kept
   */
  append(entry: LogEntry): Promise<number>;

  /**
   * Starts consuming after the committed position. The handler gets batches one at a time; its position is committed
   * after it resolves. When it throws, the same batch comes again after a pause that grows to `retryMaxMs` (5,000).
   */
  consume(handler: (batch: LogRecord[]) => Promise<void>): Promise<LogConsumer>;

  close(): Promise<void>;
}

export interface LogConsumer {
  /** Holds the handler back; what is appended meanwhile waits in the log. Resolves when no batch is under way. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves when everything appended before this call has been handled and committed. */
  drained(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Where several processes consume: whether the record is this one's to handle for certain, still. To be asked again before something is
   * written, as the process may have been stopped for a while. Absent: nobody else consumes.
   */
  owns?(record: LogRecord): boolean;
  /** Appended and not yet committed. */
  readonly lag: number;
}
