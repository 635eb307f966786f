import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { Redis } from 'ioredis';
import type { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { Engine } from '../engine.ts';
import { connectRedis, type RedisConnection } from './connect.ts';
import { script } from './script.ts';
import { isRedisTrouble } from './trouble.ts';

type Done = (error: unknown, answer: unknown) => void;
const shared = sharedEngine('redis');
const DEADLINE_MS = 400;

describe('A connection to Redis', { skip: shared.skip }, () => {
  let server: RunningEngine;
  let redis: RedisConnection;
  let engine: Engine;
  const warned: string[] = [];
  const log = {
    warn: (...said: unknown[]) => void warned.push(JSON.stringify(said)),
    info: () => {},
  };
  before(async () => {
    server = await startRedis();
    redis = await connectRedis(`${server.url}/3?prefix=here:`, {
      name: 'test',
      deadlineMs: DEADLINE_MS,
      log,
      use: 'log',
    });
    engine = new Engine({ name: 'redis', deadlineMs: DEADLINE_MS, most: 100, isTrouble: isRedisTrouble });
  });
  after(async () => {
    await redis.close();
    await server.dispose();
  });

  const refusal = (work: () => Promise<unknown>) =>
    engine.run(work).then(
      () => assert.fail('answered'),
      (error) => error.refusal.code as string,
    );
  const answers = async () => {
    for (;;) {
      try {
        return await engine.run(() => redis.client.set('back', '1'));
      } catch (error) {
        assert.equal((error as Refused).refusal?.code, 'unavailable');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };

  it('has the prefix and database of its URL, and nothing to warn of', async () => {
    assert.equal(redis.prefix, 'here:');
    await redis.client.set('where', '3');
    assert.equal(warned.length, 0, warned.join());
    const zero = await connectRedis(server.url, { name: 'zero', deadlineMs: DEADLINE_MS });
    assert.equal(await zero.client.get('where'), null);
    await zero.close();
  });

  it('that listens, and is gone again when it has just come back, brings nothing down', async () => {
    const listening = await connectRedis(server.url, { name: 'listening', deadlineMs: DEADLINE_MS });
    const client = listening.client as Redis;
    await client.subscribe('channel');
    // What is asked first on every connection: when it is answered the client goes on with what it does by itself.
    const info = client.info.bind(client) as (done: Done) => unknown;
    let cut = 0;
    const cutting = (done: Done) =>
      info((error, answer) => {
        if (cut++ === 0) client.stream.destroy();
        done(error, answer);
      });
    Object.assign(client, { info: cutting });
    client.disconnect(true);
    while (cut < 2) await once(client, 'ready');
    await client.subscribe('channel');
    await listening.close();
  });

  it('fails in time while the server is gone, and goes on when it is back', async () => {
    const scripted = script<string>(redis.client, 'testEcho', 'return ARGV[1]');
    assert.equal(await scripted([], 'a'), 'a');
    await server.kill();
    const underWay = Array.from({ length: 20 }, () => refusal(() => redis.client.get('x')));
    assert.deepEqual(new Set(await Promise.all(underWay)), new Set(['unavailable']));
    await server.start();
    await answers();
    // The server has forgotten its scripts.
    assert.equal(await scripted([], 'b'), 'b');
    assert.equal(await redis.client.get('where'), '3');
  });

  it('gives up what a frozen server does not answer, lets go of it, and goes on when it thaws', async () => {
    server.freeze();
    try {
      const closed = once(redis.client, 'close');
      assert.equal(await refusal(() => redis.client.get('x')), 'unavailable');
      // Nothing more is kept for a server that may never answer.
      await closed;
      for (let i = 0; i < 3; i++) assert.equal(await refusal(() => redis.client.get('x')), 'unavailable');
    } finally {
      server.thaw();
    }
    await answers();
  });

  it('lets a subscriber hear again after the server was gone', async () => {
    const subscriber = redis.another('subscriber');
    subscriber.client.on('ready', () => void subscriber.client.subscribe('news').catch(() => {}));
    await once(subscriber.client, 'ready');
    await server.kill();
    await server.start();
    await answers();
    let heard = false;
    subscriber.client.on('message', () => {
      heard = true;
    });
    while (!heard) {
      await redis.client.publish('news', 'x');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await subscriber.close();
  });

  it('hears that a frozen server has left it deaf', async () => {
    const subscriber = redis.another('deaf');
    await once(subscriber.client, 'ready');
    await subscriber.client.subscribe('news');
    server.freeze();
    try {
      await once(subscriber.client, 'close');
    } finally {
      server.thaw();
    }
    await subscriber.close();
    await answers();
  });

  it('waits for a server that is late, and says why when it waited in vain', async () => {
    await server.kill();
    const vain = connectRedis(server.url, { name: 'vain', deadlineMs: DEADLINE_MS, startMs: 200 });
    await assert.rejects(vain, /ECONNREFUSED/);
    const late = connectRedis(server.url, { name: 'late', deadlineMs: DEADLINE_MS });
    const lazy = await connectRedis(server.url, { name: 'lazy', deadlineMs: DEADLINE_MS, startMs: 0 });
    assert.equal(await refusal(() => lazy.client.get('x')), 'unavailable');
    await server.start();
    await (await late).close();
    await answers();
    await lazy.close();
  });

  it('shows no password when it is refused', async () => {
    await redis.client.config('SET', 'requirepass', 'the right one');
    try {
      const url = server.url.replace('redis://', 'redis://:not-the-one@');
      const refused = connectRedis(url, { name: 'refused', deadlineMs: DEADLINE_MS, log });
      await assert.rejects(refused, (error: Error) => {
        assert.match(error.message, /WRONGPASS/);
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${warned.join()}`, /not-the-one/);
        return true;
      });
      const right = await connectRedis(server.url.replace('redis://', 'redis://default:the%20right%20one@'), {
        name: 'right',
        deadlineMs: DEADLINE_MS,
      });
      await right.close();
    } finally {
      await redis.client.config('SET', 'requirepass', '');
    }
  });

  it('warns of what could lose what was accepted, and of what it could not check', async () => {
    const warningsFor = async (use: 'log' | 'state' | 'passing', url = server.url) => {
      warned.length = 0;
      await (await connectRedis(url, { name: 'warned', deadlineMs: DEADLINE_MS, log, use })).close();
      return warned.join('\n');
    };
    await redis.client.config('SET', 'appendfsync', 'everysec', 'maxmemory-policy', 'allkeys-lru');
    assert.match(await warningsFor('log'), /appendfsync is everysec[\s\S]*allkeys-lru/);
    const state = await warningsFor('state');
    assert.doesNotMatch(state, /appendfsync/);
    assert.match(state, /allkeys-lru/);
    assert.equal(await warningsFor('passing'), '');
    await redis.client.config('SET', 'appendonly', 'no');
    assert.match(await warningsFor('state'), /appendonly is off/);
    await redis.client.call('ACL', 'SETUSER', 'shy', 'on', '>pass', '~*', '&*', '+@all', '-config', '-info');
    const shy = server.url.replace('redis://', 'redis://shy:pass@');
    assert.match(await warningsFor('log', shy), /version could not be checked[\s\S]*settings could not be/);
    await redis.client.config('SET', 'appendonly', 'yes');
  });
});
