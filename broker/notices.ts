import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { VERSION } from '../protocol/commands.ts';
import { type Refusal, Refused, refusal } from '../protocol/errors.ts';
import type { Answers } from './answers.ts';
import type { Connection } from './connections/connections.ts';

/** A topic or filter in a notice is cut to this. */
const MOST_DETAIL = 200;

/** Tells devices why something was refused, on their own inbox; and counts it. */
export class Notices {
  readonly #answers: Pick<Answers, 'send'>;
  readonly #metrics: Pick<Metrics, 'refusals_total'>;
  readonly #logger: Logger;

  constructor(answers: Pick<Answers, 'send'>, metrics: Pick<Metrics, 'refusals_total'>, logger: Logger) {
    this.#answers = answers;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** `command` null: what was refused is no command, or has no readable id. */
  refused(connection: Connection, command: string | null, error: Refusal): void {
    this.#metrics.refusals_total.labels(error.code).inc();
    this.#answers.send(connection, JSON.stringify({ v: VERSION, type: 'refused', command, error }));
  }

  topicForbidden(connection: Connection, topic: string): void {
    this.refused(connection, null, refusal('topic_forbidden', topic.slice(0, MOST_DETAIL)));
  }

  /** What an exception means to the one who asked: a refusal as it is, and a mistake of ours, which is logged, as `internal`. */
  refusalOf(error: unknown, connection: Connection | null, what: string): Refusal {
    if (error instanceof Refused) return error.refusal;
    this.#logger.error({ err: error, ...connection?.actor }, `${what} failed`);
    return refusal('internal');
  }
}
