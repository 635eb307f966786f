import { Cluster } from 'ioredis';
import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { withoutArguments } from '../../platform/redis/script.ts';
import type { Mark, MarkStore } from './mark.ts';

/** The mark in Redis: the key `{prefix}migration`, which is the installation's as long as there is one. */
export function redisMark(redis: RedisConnection, engine: Engine): MarkStore {
  const key = `${redis.prefix}migration`;
  const run = <T>(work: () => Promise<T>) =>
    engine.run(async () => {
      try {
        return await work();
      } catch (error) {
        throw withoutArguments(error);
      }
    });
  return {
    async read() {
      const found = await run(() => redis.client.get(key));
      return found === null ? null : (JSON.parse(found) as Mark);
    },
    async begin(mark) {
      await run(() => redis.client.setnx(key, JSON.stringify(mark)));
    },
    async save(mark) {
      await run(() => redis.client.set(key, JSON.stringify(mark)));
    },
  };
}

const SCAN = 1_000;

/** Whether Redis has a key of the installation that begins, behind the prefix, with one of these. */
export async function hasKeys(
  redis: RedisConnection,
  engine: Engine,
  beginnings: string[],
): Promise<boolean> {
  const { client, prefix } = redis;
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await engine.run(() => node.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', SCAN));
      if (keys.some((key) => beginnings.some((begins) => key.startsWith(prefix + begins)))) return true;
      cursor = next;
    } while (cursor !== '0');
  }
  return false;
}
