import { type AnswerOf, type Fields, type QueryType, RefusedError } from '../sdk/index.ts';
import { Stopped } from './asking.ts';
import type { BotClient } from './client.ts';

/** Where the server does not say when to ask again, milliseconds. */
const AGAIN_MS = 1_000;
/** A mistake of the server's may be one that this question always makes. */
const MOST_MISTAKES = 3;

/** Asks the server until there is an answer: waits while there is no connection, and as long as it is told where it asks too much. */
export class Questions {
  readonly #client: BotClient;
  readonly #stopped = new AbortController();

  constructor(client: BotClient) {
    this.#client = client;
  }

  /** @throws {RefusedError} for good; {Stopped} the bot is being stopped, and there was nothing to wait for but a connection, or a time */
  async ask<T extends QueryType>(type: T, fields: Fields<T>): Promise<AnswerOf<T>> {
    for (let mistakes = 0; ; ) {
      if (this.#client.status !== 'online') await this.#wait(null);
      try {
        return await this.#client.query(type, fields);
      } catch (error) {
        if (!(error instanceof RefusedError)) {
          // There was no answer, or the connection ended: that it did may not be known yet.
          await this.#wait(AGAIN_MS);
          continue;
        }
        const { code, retry, retry_after_ms } = error.refusal;
        if (!retry || (code === 'internal' && ++mistakes >= MOST_MISTAKES)) throw error;
        await this.#wait(retry_after_ms ?? AGAIN_MS);
      }
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** @param ms milliseconds; null: until there is a connection */
  #wait(ms: number | null): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return Promise.reject(new Stopped());
    return new Promise((resolve, reject) => {
      const stop = () => {
        over();
        reject(new Stopped());
      };
      const go = () => {
        over();
        resolve();
      };
      const timer = ms === null ? undefined : setTimeout(go, ms);
      const unwatch = this.#client.on('status', (status) => {
        if (ms === null && status === 'online') go();
      });
      const over = () => {
        clearTimeout(timer);
        unwatch();
        signal.removeEventListener('abort', stop);
      };
      signal.addEventListener('abort', stop);
    });
  }
}
