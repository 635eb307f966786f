import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Engine } from '../../../platform/engine.ts';
import { connectRedis, type RedisConnection } from '../../../platform/redis/connect.ts';
import { isRedisTrouble } from '../../../platform/redis/trouble.ts';

export const DEADLINE_MS = 2_000;
/** A connection that was lost is there again by then. */
const BACK_MS = 20_000;

/** A connection with a prefix of its own in a server that others use too. */
export async function ownRedis(url: string, deadlineMs = DEADLINE_MS) {
  const prefix = `test-${randomBytes(6).toString('hex')}:`;
  return openRedis(`${url}?prefix=${prefix}`, deadlineMs);
}

export async function openRedis(url: string, deadlineMs = DEADLINE_MS) {
  const redis = await connectRedis(url, { name: 'test', deadlineMs });
  const engine = new Engine({ name: 'redis', deadlineMs, most: 1_000, isTrouble: isRedisTrouble });
  const dispose = async () => {
    try {
      // A test may have hurt the server a moment ago.
      if (redis.client.status !== 'ready')
        await once(redis.client, 'ready', { signal: AbortSignal.timeout(BACK_MS) });
      await removeAll(redis);
    } finally {
      await redis.close();
    }
  };
  return { redis, engine, dispose };
}

/** Removes what is under the prefix, in a server that is no Cluster. */
export async function removeAll({ client, prefix, cluster }: RedisConnection): Promise<void> {
  if (cluster) return;
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
