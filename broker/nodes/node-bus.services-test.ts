import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { redisNodes } from './fixtures/redis-world.ts';
import { until } from './fixtures/until.ts';
import { nodeBusConformance } from './node-bus.conformance.ts';
import type { NodeMessage } from './node-bus.ts';

const { url, skip } = sharedEngine('redis');

const typing = (): NodeMessage => ({
  kind: 'typing',
  notice: { v: 1, type: 'typing', conversation: uuidv7(), user: uuidv7(), active: true },
});

if (skip) describe('what nodes tell one another: Redis', { skip }, () => {});
else
  nodeBusConformance('Redis', async (count) => {
    const { nodes, close } = await redisNodes(url, count);
    return { nodes: nodes.map(({ bus }) => bus), close };
  });

describe('what nodes tell one another, in Redis', { skip }, () => {
  it('is checked where it arrives: what is none of ours is dropped, and counted', async () => {
    const { nodes, close } = await redisNodes(url, 2);
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    try {
      const heard: NodeMessage[] = [];
      b.bus.onMessage((message) => heard.push(message));
      const { client, prefix } = a.connection;
      await until(async () => (await client.publish(`${prefix}bus:all`, '{')) === 2);
      const said = [
        JSON.stringify({ from: 'x', message: { kind: 'typing', notice: { v: 1, type: 'typing' } } }),
        JSON.stringify({ from: 'x', message: { ...typing(), more: 1 } }),
        JSON.stringify({ from: 'x', message: { kind: 'receipts', user: '../x', notices: [] } }),
        JSON.stringify({ from: 7, message: typing() }),
        JSON.stringify({ from: 'x', message: { kind: 'shutdown' } }),
        `"${'x'.repeat(300_000)}"`,
        'null',
      ];
      for (const text of said) await client.publish(`${prefix}bus:all`, text);
      a.bus.toAll(typing());
      await until(() => heard.length > 0);
      assert.equal(heard.length, 1);
      assert.deepEqual(await b.dropped(), { foreign: said.length + 1 });
    } finally {
      await close();
    }
  });

  it('is lost while Redis is away, and comes again when it is back', async () => {
    const redis = await startRedis();
    const { nodes, close } = await redisNodes(redis.url, 2);
    const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
    try {
      const heard: NodeMessage[] = [];
      b.bus.onMessage((message) => heard.push(message));
      const user = uuidv7();
      b.bus.follow(user);
      const comes = () => {
        a.bus.toUser(user, { kind: 'receipts', user, notices: [] });
        return heard.length > 0;
      };
      await until(comes);
      await redis.kill();
      await until(() => a.connection.client.status !== 'ready');
      heard.length = 0;
      const later = uuidv7();
      b.bus.follow(later);
      for (let n = 0; n < 20_000; n++) a.bus.toUser(user, typing());
      assert.ok((await a.dropped()).away! >= 20_000);
      await redis.start();
      await until(comes);
      // None of those before has waited.
      assert.ok(heard.every(({ kind }) => kind === 'receipts'));
      heard.length = 0;
      await until(() => {
        a.bus.toUser(later, { kind: 'receipts', user: later, notices: [] });
        return heard.some((message) => message.kind === 'receipts' && message.user === later);
      });
    } finally {
      await close();
      await redis.dispose();
    }
  });

  it('is not gathered without end for a Redis that does not answer', async () => {
    const redis = await startRedis();
    const { nodes, close } = await redisNodes(redis.url, 1);
    const [node] = nodes as [(typeof nodes)[0]];
    try {
      redis.freeze();
      for (let n = 0; n < 12_000; n++) node.bus.toAll(typing());
      assert.equal((await node.dropped()).full, 2_000);
    } finally {
      redis.thaw();
      await close();
      await redis.dispose();
    }
  });
});
