import { type Query, VERSION } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import { answerText, type Queries } from '../../services/queries.ts';
import type { Answers } from '../answers.ts';
import type { Connection } from '../connections/connections.ts';

const MOST_RUNNING = 4;
const MOST_WAITING = 256;
/** When a device that asks too much may ask again. */
const RETRY_MS = 1_000;

interface Asked {
  running: number;
  waiting: Query[];
}

export interface QueryQueueParts {
  queries: Queries;
  answers: Pick<Answers, 'room' | 'send'>;
  onAnswered(query: Query): void;
  onRefused(connection: Connection, query: Query, error: unknown): void;
}

/**
 * Questions of devices, answered on their own inboxes: a few of each at once, and none while its device does not take the answers it has.
 * Not before the PUBACK of the question: by its PUBACKs for answers a device makes the room for the next one.
 */
export class QueryQueue {
  readonly #parts: QueryQueueParts;
  readonly #asked = new Map<Connection, Asked>();

  constructor(parts: QueryQueueParts) {
    this.#parts = parts;
  }

  /** @throws {Refused} rate_limited: too many wait already */
  add(connection: Connection, query: Query): void {
    let asked = this.#asked.get(connection);
    if (asked === undefined) {
      asked = { running: 0, waiting: [] };
      this.#asked.set(connection, asked);
    }
    if (asked.waiting.length >= MOST_WAITING)
      throw new Refused('rate_limited', `${MOST_WAITING} queries are waiting`, RETRY_MS);
    asked.waiting.push(query);
    if (asked.running < MOST_RUNNING) void this.#work(connection, asked);
  }

  async #work(connection: Connection, asked: Asked): Promise<void> {
    asked.running++;
    for (;;) {
      await this.#parts.answers.room(connection);
      const query = asked.waiting.shift();
      if (query === undefined || connection.closed) break;
      await this.#answer(connection, query);
    }
    asked.running--;
    if (asked.running === 0) this.#asked.delete(connection);
  }

  async #answer(connection: Connection, query: Query): Promise<void> {
    try {
      const result = answerText(await this.#parts.queries.answer(connection.actor, query));
      this.#parts.answers.send(
        connection,
        `{"v":${VERSION},"type":"result","command":"${query.id}","result":${result}}`,
      );
      this.#parts.onAnswered(query);
    } catch (error) {
      this.#parts.onRefused(connection, query, error);
    }
  }
}
