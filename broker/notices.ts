import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { VERSION } from '../protocol/commands.ts';
import { type Refusal, Refused, refusal } from '../protocol/errors.ts';
import type { Replies } from '../services/replies.ts';
import type { Connection } from './connections/connections.ts';

/** A topic or filter in a notice is cut to this. */
const MOST_DETAIL = 200;

/** Tells devices why something was refused, on their own inbox; and counts it. */
export class Notices {
  readonly #replies: Pick<Replies, 'toDeviceFirst'>;
  readonly #metrics: Pick<Metrics, 'refusals_total'>;
  readonly #logger: Logger;

  constructor(
    replies: Pick<Replies, 'toDeviceFirst'>,
    metrics: Pick<Metrics, 'refusals_total'>,
    logger: Logger,
  ) {
    this.#replies = replies;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /**
   * `command` null: what was refused is no command, or has no readable id. `told` is called when that is on its way, or its connection has
   * ended. False: the device cannot be told, as it is gone or has no inbox; then `told` is not called.
   */
  refused(
    connection: Connection,
    command: string | null,
    error: Refusal,
    told: () => void = () => {},
  ): boolean {
    this.#metrics.refusals_total.labels(error.code).inc();
    const payload = JSON.stringify({ v: VERSION, type: 'refused', command, error });
    return !connection.closed && this.#replies.toDeviceFirst(connection.actor, payload, told);
  }

  /** See {@link refused}. */
  topicForbidden(connection: Connection, topic: string, told?: () => void): boolean {
    return this.refused(connection, null, refusal('topic_forbidden', topic.slice(0, MOST_DETAIL)), told);
  }

  /** What an exception means to the one who asked: a refusal as it is, and a mistake of ours, which is logged, as `internal`. */
  refusalOf(error: unknown, connection: Connection | null, what: string): Refusal {
    if (error instanceof Refused) return error.refusal;
    this.#logger.error({ err: error, ...connection?.actor }, `${what} failed`);
    return refusal('internal');
  }
}
