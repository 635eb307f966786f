/** Whatever lives in Redis, on a Redis Cluster: the suites that every adapter passes, with keys and channels spread over three nodes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import abstract from 'aedes-persistence/abstract.js';
import type { IPublishPacket } from 'mqtt-packet';
import { publish } from '../../broker/fixtures/stage.ts';
import { redisNodes } from '../../broker/nodes/fixtures/redis-world.ts';
import { nodeBusConformance } from '../../broker/nodes/node-bus.conformance.ts';
import { sessionClaimsConformance } from '../../broker/nodes/session-claims.conformance.ts';
import { twoBrokersConformance } from '../../broker/nodes/two-brokers.conformance.ts';
import { openNode } from '../../broker/open/fixtures/open-node.ts';
import { Nodes } from '../../broker/persistence/redis/fixtures/nodes.ts';
import { onlineUsersConformance } from '../../broker/presence/online-users.conformance.ts';
import { redisCharges } from '../../platform/redis-rates/charges.redis.ts';
import { failureCountsConformance } from '../../services/accounts/failure-counts.conformance.ts';
import { redisFailureCounts } from '../../services/accounts/failure-counts.redis.ts';
import { cursorsConformance } from '../../services/messages/cursors.conformance.ts';
import { RedisCursors } from '../../services/messages/cursors.redis.ts';
import { feedConformance } from '../../services/messages/feed.conformance.ts';
import { feedConsumingConformance } from '../../services/messages/feed.consuming.conformance.ts';
import { RedisFeed } from '../../services/messages/feed.redis.ts';
import type { StreamedEvent } from '../../services/messages/history.ts';
import { logConformance } from '../../services/messages/log.conformance.ts';
import { RedisLog } from '../../services/messages/log.redis.ts';
import { openRedis, ownRedis } from '../../services/messages/redis/fixtures.ts';
import { startRedisCluster } from './redis-sets.ts';
import type { ServerSet } from './server-set.ts';
import { sharedEngine } from './shared.ts';

// It has servers of its own; where there is no shared one there would be none either.
const { skip } = sharedEngine('redis');

if (skip) describe('On a Redis Cluster', { skip }, () => {});
else
  describe('On a Redis Cluster', () => {
    let set: ServerSet;
    const opened: Nodes[] = [];
    const failures: Awaited<ReturnType<typeof ownRedis>>[] = [];
    before(async () => {
      set = await startRedisCluster();
      failures.push(await ownRedis(set.url));
    });
    after(async () => {
      for (const nodes of opened) await nodes.close();
      for (const { dispose } of failures) await dispose();
      await set?.dispose();
    });

    cursorsConformance('Redis Cluster', async () => {
      const { redis, engine, dispose } = await ownRedis(set.url);
      return { cursors: new RedisCursors(redis, engine), dispose };
    });

    logConformance('Redis Cluster', async () => {
      const { redis, engine, dispose } = await ownRedis(set.url);
      // The order of all positions is that of one partition.
      const make = () => new RedisLog(redis, engine, { partitions: 1 });
      let log = make();
      return {
        log,
        reopen: async () => {
          await log.close();
          log = make();
          return log;
        },
        dispose: async () => {
          await log.close();
          await dispose();
        },
      };
    });

    const two = async () => {
      const { redis, engine, dispose } = await ownRedis(set.url);
      const second = await openRedis(`${set.url}?prefix=${redis.prefix}`);
      const passedOver: [string, string][] = [];
      const options = { onPassedOver: (name: string, { id }: StreamedEvent) => passedOver.push([name, id]) };
      const feed = new RedisFeed(redis, engine, options);
      const other = new RedisFeed(second.redis, second.engine, options);
      const close = async () => {
        await Promise.all([feed.close(), other.close()]);
        await second.redis.close();
        await dispose();
      };
      return { feed, other, passedOver, dispose: close };
    };
    feedConformance('Redis Cluster', two);
    feedConsumingConformance('Redis Cluster', async () => ({ ...(await two()), keeps: true }));

    const nodesOf = async (count: number) => redisNodes(set.url, count);
    nodeBusConformance('Redis Cluster', async (count) => {
      const { nodes, close } = await nodesOf(count);
      return { nodes: nodes.map(({ bus }) => bus), close };
    });
    sessionClaimsConformance('Redis Cluster', async (count) => {
      const { nodes, close } = await nodesOf(count);
      return { nodes: nodes.map(({ claims }) => claims), close };
    });
    onlineUsersConformance('Redis Cluster', async (count) => {
      const { nodes, close } = await nodesOf(count);
      return { nodes: nodes.map(({ online }) => online), close };
    });
    twoBrokersConformance('Redis Cluster', nodesOf);

    describe('Sessions of MQTT', () => {
      abstract({
        test: it as never,
        testAsync: true,
        async persistence() {
          const nodes = new Nodes(set.url);
          opened.push(nodes);
          return nodes.persistence();
        },
      });
    });

    let installations = 0;
    failureCountsConformance('Redis Cluster', () => {
      const { redis, engine } = failures[0]!;
      return redisFailureCounts(
        { client: redis.client, prefix: `${redis.prefix}${installations++}:` },
        engine,
      );
    });

    it('rates are of all processes together, for keys at all nodes', async () => {
      const { redis, engine, dispose } = await ownRedis(set.url);
      const [one, other] = [0, 1].map(() => redisCharges(redis, engine, 'rates', 1, 1_000));
      const keys = Array.from({ length: 30 }, (_, i) => `key${i}`);
      for (const key of keys) await one!.charge(key, 600, 0);
      // A little of it is filled meanwhile.
      for (const key of keys) assert.ok((await other!.charge(key, 300, 0)) < 200);
      await dispose();
    });

    it('packets of plain MQTT come to who is at another broker, once, in order', async () => {
      const nodes = new Nodes(set.url);
      const [a, b] = [await openNode(nodes), await openNode(nodes)];
      const [there, sender] = [await b.device(), await a.device()];
      await there.subscribe('open/#');
      const texts = Array.from({ length: 300 }, (_, i) => String(i));
      for (const text of texts) sender.write(publish('open/a', text, 0, { qos: 0, messageId: undefined }));
      const heard = () =>
        there.packets
          .filter((p): p is IPublishPacket => p.cmd === 'publish')
          .map(({ payload }) => String(payload));
      await there.holds(() => heard().length >= texts.length, 'all of them');
      assert.deepEqual(heard(), texts);
      for (const stage of [a, b]) await stage.clear();
      await nodes.close();
    });
  });
