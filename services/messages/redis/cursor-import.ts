import type { Engine } from '../../../platform/engine.ts';
import type { RedisConnection } from '../../../platform/redis/connect.ts';
import { type Script, script, withoutArguments } from '../../../platform/redis/script.ts';
import type { UserReceipt } from '../cursors.ts';
import { cursorKeys, FORWARD } from './cursor-scripts.ts';

/** Fields that one command writes. */
const MOST_FIELDS = 1_000;

/** Cursors of another store, as that has them. Those of devices and reads only move forward; a receipt is set as it is given. */
export class CursorImport {
  readonly #redis: RedisConnection;
  readonly #engine: Engine;
  readonly #keys: ReturnType<typeof cursorKeys>;
  readonly #forward: Script<null>;

  constructor(redis: RedisConnection, engine: Engine) {
    this.#redis = redis;
    this.#engine = engine;
    this.#keys = cursorKeys(redis.prefix);
    this.#forward = script(redis.client, 'cursorsForward', FORWARD);
  }

  device(device: string, cursors: Map<string, number>): Promise<void> {
    return this.#forwardAll(this.#keys.device(device), cursors);
  }

  reads(user: string, reads: Map<string, number>): Promise<void> {
    return this.#forwardAll(this.#keys.user(user), reads);
  }

  async receipts(stream: string, receipts: UserReceipt[]): Promise<void> {
    for (let from = 0; from < receipts.length; from += MOST_FIELDS) {
      const fields = receipts.slice(from, from + MOST_FIELDS).flatMap((one) => {
        const { user, delivered, deliveredAt, read, readAt } = one;
        return [user, [delivered, deliveredAt ?? '', read, readAt ?? ''].join(':')];
      });
      await this.#engine.run(async () => {
        try {
          await this.#redis.client.hset(this.#keys.stream(stream), ...fields);
        } catch (error) {
          throw withoutArguments(error);
        }
      });
    }
  }

  async #forwardAll(key: string, numbers: Map<string, number>): Promise<void> {
    const all = [...numbers];
    for (let from = 0; from < all.length; from += MOST_FIELDS) {
      const some = all.slice(from, from + MOST_FIELDS);
      await this.#engine.run(() => this.#forward([key], some.length, ...some.flat()));
    }
  }
}
