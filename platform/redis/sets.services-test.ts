import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { uuidv7 } from 'uuidv7';
import { RedisCursors } from '../../services/messages/cursors.redis.ts';
import { RedisFeed } from '../../services/messages/feed.redis.ts';
import { entry } from '../../services/messages/log.conformance.ts';
import { RedisLog } from '../../services/messages/log.redis.ts';
import { openRedis } from '../../services/messages/redis/fixtures.ts';
import { startRedisCluster, startRedisSentinel } from '../../test/engines/redis-sets.ts';
import { sharedEngine } from '../../test/engines/shared.ts';

const { skip } = sharedEngine('redis');

/** Everything that is kept in Redis, on it for once: what one part writes another reads. */
async function everything(url: string) {
  const { redis, engine } = await openRedis(url, 1_000);
  const cursors = new RedisCursors(redis, engine);
  const log = new RedisLog(redis, engine, { partitions: 12, leaseMs: 2_000, deadlineMs: 1_000 });
  const feed = new RedisFeed(redis, engine, { blockMs: 200 });
  const handled = new Set<string>();
  const heard = new Set<string>();
  await log.consume(async (batch) => {
    for (const { command } of batch) handled.add(command.id);
  });
  await feed.follow({
    wants: () => true,
    read: ({ erased = [] }) => erased.forEach((id) => void heard.add(id)),
    onGap: () => {},
  });
  return {
    redis,
    async works(): Promise<void> {
      const all = Array.from({ length: 60 }, (_, i) => ({
        device: uuidv7(),
        user: uuidv7(),
        stream: uuidv7(),
        seq: i + 1,
        time: i,
      }));
      await cursors.save(all);
      for (const { device, stream, seq } of all)
        assert.deepEqual(await cursors.ofDevice(device), new Map([[stream, seq]]));
      assert.equal((await cursors.receipts(all.map(({ stream }) => stream))).size, 60);
      assert.equal(await cursors.read(all[0]!.user, all[0]!.stream, 1, 1), true);
      const entries = Array.from({ length: 200 }, () => entry());
      await Promise.all(entries.map((one) => log.append(one)));
      // After a failover partitions may be without an owner for a lease.
      while (!entries.every(({ command }) => handled.has(command.id))) await pause(20);
      const ids = Array.from({ length: 100 }, () => uuidv7());
      await feed.write({ erased: ids });
      while (!ids.every((id) => heard.has(id))) await pause(20);
    },
    async close(): Promise<void> {
      await log.close();
      await feed.close();
      await redis.close();
    },
  };
}

/** Until it works again, which is refused as `unavailable` before. */
async function heals(parts: Awaited<ReturnType<typeof everything>>): Promise<void> {
  for (;;) {
    try {
      return await parts.works();
    } catch (error) {
      assert.equal((error as { refusal?: { code: string } }).refusal?.code, 'unavailable', String(error));
      await pause(100);
    }
  }
}

describe('Sets of Redis servers', { skip, timeout: 60_000 }, () => {
  it('a Cluster: keys at all of its nodes; one that is killed comes back', async () => {
    const set = await startRedisCluster();
    const parts = await everything(`${set.url}?prefix=some:`);
    await parts.works();
    for (const node of set.nodes) {
      const single = new Redis(node.url);
      assert.ok((await single.dbsize()) > 0);
      single.disconnect();
    }
    await set.nodes[1]!.kill();
    await pause(300);
    await set.nodes[1]!.start();
    await heals(parts);
    await parts.close();
    await set.dispose();
  });

  it('a master behind a sentinel: its replica takes its place', async () => {
    const set = await startRedisSentinel();
    const parts = await everything(set.url);
    await parts.works();
    await set.nodes[0]!.kill();
    await heals(parts);
    assert.match(await parts.redis.client.info('replication'), /role:master/);
    await parts.close();
    await set.dispose();
  });
});
