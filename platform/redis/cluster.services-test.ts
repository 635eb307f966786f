/** What a client of a Redis Cluster makes of nodes that die, hang and come back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedisCluster } from '../../test/engines/redis-sets.ts';
import type { ServerSet } from '../../test/engines/server-set.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { Engine } from '../engine.ts';
import { another } from './any-node.ts';
import { connectRedis, type RedisConnection } from './connect.ts';
import { script } from './script.ts';
import { isRedisTrouble } from './trouble.ts';

const { skip } = sharedEngine('redis');
const DEADLINE_MS = 600;
/** Keys of all slots' nodes. */
const KEYS = Array.from({ length: 60 }, (_, i) => `some:{${i}}`);

describe('A connection to a Redis Cluster', { skip, timeout: 120_000 }, () => {
  let set: ServerSet;
  let redis: RedisConnection;
  let engine: Engine;
  const connections: RedisConnection[] = [];
  before(async () => {
    set = await startRedisCluster();
    redis = await connectRedis(set.url, { name: 'test', deadlineMs: DEADLINE_MS });
    connections.push(redis);
    engine = new Engine({ name: 'redis', deadlineMs: DEADLINE_MS, most: 1_000, isTrouble: isRedisTrouble });
  });
  after(async () => {
    for (const one of connections) await one.close();
    await set?.dispose();
  });
  const channels = (name: string) => {
    const connection = redis.channels(name);
    connections.push(connection);
    return connection;
  };

  /** `ok`, or the code it is refused with: nothing else, and not after its deadline. */
  const outcome = (key: string) =>
    engine
      .run(() => redis.client.incr(key))
      .then(
        () => 'ok',
        (error: Refused) => error.refusal.code,
      );
  const outcomes = async () => new Set(await Promise.all(KEYS.map(outcome)));
  const heals = async () => {
    while ((await outcomes()).has('unavailable')) await pause(50);
  };
  const nodeAt = (client: Redis): RunningEngine =>
    set.nodes.find(({ url }) => url.endsWith(`:${client.stream.remotePort}`))!;

  it('hears over one connection what is said over another, in that order, whichever nodes they are at', async () => {
    for (let round = 0; round < 5; round++) {
      const [said, heard] = [channels(`said${round}`), channels(`heard${round}`)];
      await Promise.all([said, heard].map(({ client }) => once(client, 'ready')));
      const texts: string[] = [];
      heard.client.on('message', (_channel, text) => texts.push(text));
      // Of a round before some may still be on their way to this node.
      const names = KEYS.map((key) => `${round}:${key}`);
      await heard.client.subscribe(...names);
      const told = Array.from({ length: 500 }, (_, i) => String(i));
      for (const [i, text] of told.entries()) void said.client.publish(names[i % names.length]!, text);
      while (texts.length < told.length) await pause(5);
      assert.deepEqual(texts, told);
    }
  });

  for (const how of ['killed', 'frozen'] as const)
    it(`is refused in time what a node that is ${how} would have, and goes on when it is back`, async () => {
      await heals();
      const [node] = set.nodes;
      if (how === 'killed') await node!.kill();
      else node!.freeze();
      // From its death on until the other nodes have noticed: then they too answer nobody.
      const seen = new Set<string>();
      for (let all: Set<string> | undefined; all?.has('ok') !== false; ) {
        all = await outcomes();
        for (const one of all) seen.add(one);
      }
      assert.ok(
        [...seen].every((one) => one === 'ok' || one === 'unavailable'),
        [...seen].join(),
      );
      if (how === 'killed') await node!.start();
      else node!.thaw();
      await heals();
      // A node that was away has forgotten its scripts.
      const echo = script<string>(redis.client, 'clusterEcho', 'return ARGV[1]');
      for (const key of KEYS) assert.equal(await engine.run(() => echo([key], 'here')), 'here');
    });

  for (const how of ['killed', 'frozen'] as const)
    it(`listens at another node when its own is ${how}, says that it was deaf, and hears what is said then`, async () => {
      await heals();
      const listener = channels(`listens-${how}`);
      let begun = 0;
      const heard: string[] = [];
      listener.client.on('message', (_channel, text) => heard.push(text));
      listener.client.on('ready', () => {
        begun++;
        listener.client.subscribe('news').catch(() => {});
      });
      await once(listener.client, 'ready');
      const node = nodeAt(listener.client as Redis);
      const other = new Redis(set.nodes.find((one) => one !== node)!.url);
      if (how === 'killed') await node.kill();
      else node.freeze();
      try {
        while (!heard.includes('after')) {
          await other.publish('news', 'after');
          await pause(20);
        }
        assert.ok(begun > 1);
        assert.notEqual(nodeAt(listener.client as Redis), node);
      } finally {
        other.disconnect();
        if (how === 'killed') await node.start();
        else node.thaw();
      }
    });

  it('waits for nodes that are late, and says which when it waited in vain', async () => {
    await heals();
    await Promise.all(set.nodes.map((node) => node.kill()));
    const vain = connectRedis(set.url, { name: 'vain', deadlineMs: DEADLINE_MS, startMs: 300 });
    await assert.rejects(vain, /^Error: Redis \(127\.0\.0\.1:\d+,.*\): .*ECONNREFUSED/);
    const late = connectRedis(set.url, { name: 'late', deadlineMs: DEADLINE_MS });
    await Promise.all(set.nodes.map((node) => node.start()));
    connections.push(await late);
    await heals();
  });
});

describe('The node of a Cluster that is gone to next', () => {
  const [a, b] = [1, 2].map((port) => ({ host: 'x', port })) as [{ host: string; port: number }, never];
  it('is another one than that which has just failed, if there is another', () => {
    for (let i = 0; i < 50; i++) {
      assert.equal(another([a, b, a], a), b);
      assert.equal(another([a, a], a), a);
    }
    assert.deepEqual(new Set(Array.from({ length: 100 }, () => another([a, b], undefined))), new Set([a, b]));
  });
});
