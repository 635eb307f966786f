import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type Script, script } from '../../platform/redis/script.ts';
import type { Cursors, DeviceCursor, UserReceipt } from './cursors.ts';
import { cursorKeys, DELIVERED, FORWARD, READ } from './redis/cursor-scripts.ts';

/** Fields that one script moves, so that it holds up the server for about a millisecond. */
const MOST_FIELDS = 1_000;

/** Cursors in Redis. What is saved together takes one round trip. */
export class RedisCursors implements Cursors {
  readonly #redis: RedisConnection;
  readonly #engine: Engine;
  readonly #keys: ReturnType<typeof cursorKeys>;
  readonly #forward: Script<null>;
  readonly #delivered: Script<null>;
  readonly #read: Script<number>;

  constructor(redis: RedisConnection, engine: Engine) {
    this.#redis = redis;
    this.#engine = engine;
    this.#keys = cursorKeys(redis.prefix);
    this.#forward = script(redis.client, 'cursorsForward', FORWARD);
    this.#delivered = script(redis.client, 'cursorsDelivered', DELIVERED);
    this.#read = script(redis.client, 'cursorsRead', READ);
  }

  ofDevice(device: string): Promise<Map<string, number>> {
    return this.#numbers(this.#keys.device(device));
  }

  async save(cursors: DeviceCursor[]): Promise<void> {
    if (cursors.length === 0) return;
    const devices = new Furthest();
    const streams = new Furthest();
    for (const { device, user, stream, seq, time } of cursors) {
      if (seq <= 0) continue;
      devices.put(this.#keys.device(device), stream, seq);
      if (time !== null) streams.put(this.#keys.stream(stream), user, seq, time);
    }
    // One key a script in a Cluster, where two may be at different nodes.
    const mostKeys = this.#redis.cluster ? 1 : MOST_FIELDS;
    await this.#engine.run(() =>
      Promise.all([
        ...devices.batches(mostKeys).map(({ keys, args }) => this.#forward(keys, ...args)),
        ...streams.batches(mostKeys).map(({ keys, args }) => this.#delivered(keys, ...args)),
      ]),
    );
  }

  async read(user: string, stream: string, seq: number, time: number): Promise<boolean> {
    if (seq <= 0) return false;
    return this.#engine.run(async () => {
      // The user's own first: when it ends between the two, the same request still finds that it moves.
      await this.#forward([this.#keys.user(user)], 1, stream, seq);
      return (await this.#read([this.#keys.stream(stream)], user, seq, time)) === 1;
    });
  }

  readsOf(user: string): Promise<Map<string, number>> {
    return this.#numbers(this.#keys.user(user));
  }

  async receipts(streams: string[]): Promise<Map<string, UserReceipt[]>> {
    const found = new Map<string, UserReceipt[]>();
    const asked = [...new Set(streams)];
    if (asked.length === 0) return found;
    const { client } = this.#redis;
    const answers = await this.#engine.run(() =>
      Promise.all(asked.map((stream) => client.hgetall(this.#keys.stream(stream)))),
    );
    for (const [i, stream] of asked.entries()) {
      const receipts = Object.entries(answers[i]!).map(([user, packed]) => receipt(user, packed));
      if (receipts.length > 0) found.set(stream, receipts.sort(byUser));
    }
    return found;
  }

  async receiptsOf(stream: string, users: readonly string[]): Promise<Map<string, UserReceipt>> {
    const found = new Map<string, UserReceipt>();
    for (let from = 0; from < users.length; from += MOST_FIELDS) {
      const some = users.slice(from, from + MOST_FIELDS);
      const answers = await this.#engine.run(() =>
        this.#redis.client.hmget(this.#keys.stream(stream), ...some),
      );
      for (const [i, user] of some.entries()) {
        const packed = answers[i];
        if (packed) found.set(user, receipt(user, packed));
      }
    }
    return found;
  }

  async forgetDevice(device: string): Promise<void> {
    await this.#engine.run(() => this.#redis.client.unlink(this.#keys.device(device)));
  }

  /** The connection is closed by whoever opened it. */
  async close(): Promise<void> {}

  async #numbers(key: string): Promise<Map<string, number>> {
    const fields = await this.#engine.run(() => this.#redis.client.hgetall(key));
    return new Map(Object.entries(fields).map(([field, seq]) => [field, Number(seq)]));
  }
}

type Batch = { keys: string[]; args: (string | number)[] };

/** Of each field of each key the furthest number, and when it was reached first. */
class Furthest {
  readonly #keys = new Map<string, Map<string, (string | number)[]>>();

  put(key: string, field: string, seq: number, ...time: number[]): void {
    const fields = this.#keys.get(key) ?? new Map<string, (string | number)[]>();
    this.#keys.set(key, fields);
    const before = fields.get(field);
    if (before === undefined || (before[1] as number) < seq) fields.set(field, [field, seq, ...time]);
  }

  /** For scripts: of each key how many fields, then these. */
  batches(mostKeys: number): Batch[] {
    const batches: Batch[] = [];
    let room = 0;
    for (const [key, fields] of this.#keys) {
      const all = [...fields.values()];
      for (let from = 0; from < all.length; from += MOST_FIELDS) {
        const some = all.slice(from, from + MOST_FIELDS);
        const last = batches.at(-1);
        const batch: Batch =
          last !== undefined && some.length <= room && last.keys.length < mostKeys
            ? last
            : { keys: [], args: [] };
        if (batch !== last) {
          batches.push(batch);
          room = MOST_FIELDS;
        }
        room -= some.length;
        batch.keys.push(key);
        batch.args.push(some.length);
        for (const values of some) batch.args.push(...values);
      }
    }
    return batches;
  }
}

function receipt(user: string, packed: string): UserReceipt {
  const [delivered, deliveredAt, read, readAt] = packed.split(':');
  return {
    user,
    delivered: Number(delivered),
    deliveredAt: deliveredAt ? Number(deliveredAt) : null,
    read: Number(read),
    readAt: readAt ? Number(readAt) : null,
  };
}

const byUser = (a: UserReceipt, b: UserReceipt) => (a.user < b.user ? -1 : 1);
