import type { Engine } from '../../../platform/engine.ts';
import type { RedisClient } from '../../../platform/redis/client.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { Turns } from '../../delivery/turns.ts';

/** While it is known not to answer nobody is held up by it for longer, milliseconds. */
const IN_TROUBLE_MS = 250;
/** Less than an engine allows: who publishes a lot at once is read more slowly, not refused. */
const MOST_AT_ONCE = 100;

/**
 * Where everything of the broker is in Redis: below `{prefix}mqtt:`. What belongs to one session has its client id as the tag of a Cluster,
 * what belongs to all of them has one of its own.
 */
export class Place {
  readonly client: RedisClient;
  readonly #engine: Engine;
  readonly #prefix: string;
  readonly #turns = new Turns(MOST_AT_ONCE);

  constructor(connection: RedisConnection, engine: Engine) {
    this.client = connection.client;
    this.#engine = engine;
    this.#prefix = `${connection.prefix}mqtt:`;
  }

  /** In the order of the calls; those beyond {@link MOST_AT_ONCE} wait. @throws {Refused} unavailable, overloaded */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(() => this.#engine.run(work, this.#engine.up ? undefined : IN_TROUBLE_MS));
  }

  ofSession(client: string, what: string): string {
    return `${this.#prefix}{${encodeURIComponent(client)}}:${what}`;
  }

  ofAll(what: string): string {
    return `${this.#prefix}{all}:${what}`;
  }

  get prefix(): string {
    return this.#prefix;
  }
}
