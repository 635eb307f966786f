import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { entry, logConformance } from './log.conformance.ts';
import { RedisLog, type RedisLogOptions } from './log.redis.ts';
import { openRedis, ownRedis } from './redis/fixtures.ts';

const { url, skip } = sharedEngine('redis');

async function open(options: Partial<RedisLogOptions> = {}) {
  const { redis, engine, dispose } = await ownRedis(url);
  const make = () => new RedisLog(redis, engine, { partitions: 1, ...options });
  let log = make();
  return {
    log,
    redis,
    engine,
    make,
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
}

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'ok',
    (error) => error.refusal?.code ?? String(error),
  );

describe('The log in Redis', { skip }, () => {
  // The order of all positions is that of one partition.
  logConformance('Redis', open);
  logConformance('Redis, in small batches', () => open({ maxBatch: 10 }));

  it('keeps the order of each of many partitions, and hands out all of them', async () => {
    const { log, dispose } = await open({ partitions: 16, maxBatch: 100 });
    const entries = Array.from({ length: 1_000 }, (_, i) => entry(`m${i}`));
    const seen = new Map<number, number[]>();
    const ids = new Set<string>();
    const consumer = await log.consume(async (batch) => {
      for (const { position, command } of batch) {
        ids.add(command.id);
        const of = seen.get(position % 16);
        if (of === undefined) seen.set(position % 16, [position]);
        else of.push(position);
      }
    });
    const positions = await Promise.all(entries.map((one) => log.append(one)));
    assert.equal(new Set(positions).size, positions.length);
    await consumer.drained();
    assert.equal(ids.size, 1_000);
    assert.equal(seen.size, 16);
    for (const of of seen.values())
      assert.deepEqual(
        of,
        of.toSorted((a, b) => a - b),
      );
    assert.equal(consumer.lag, 0);
    await dispose();
  });

  it('has as many partitions as it was made with', async () => {
    const { log, redis, engine, dispose } = await open({ partitions: 4 });
    await log.append(entry());
    const later = new RedisLog(redis, engine, { partitions: 8 });
    const positions = await Promise.all(Array.from({ length: 50 }, () => later.append(entry())));
    const handled: number[] = [];
    const consumer = await later.consume(async (batch) => {
      handled.push(...batch.map(({ position }) => position));
    });
    await consumer.drained();
    assert.equal(handled.length, 51);
    assert.ok(positions.every((position) => handled.includes(position)));
    await later.close();
    await dispose();
  });

  it('refuses what nobody handles as overloaded, and keeps what it has', async () => {
    const { log, dispose } = await open({ mostEntries: 5 });
    for (let i = 0; i < 5; i++) await log.append(entry());
    assert.equal(await codeOf(log.append(entry())), 'overloaded');
    let handled = 0;
    const consumer = await log.consume(async (batch) => {
      handled += batch.length;
    });
    await consumer.drained();
    assert.equal(handled, 5);
    assert.equal(await codeOf(log.append(entry())), 'ok');
    await dispose();
  });

  it('stands still at an entry that it cannot read, and says so; other partitions go on', async () => {
    const failed = Promise.withResolvers<unknown>();
    const { log, redis, dispose } = await open({ partitions: 8, retryMaxMs: 100, onFailure: failed.resolve });
    const bad = await log.append(entry());
    const key = `${redis.prefix}log:{${bad % 8}}`;
    await redis.client.xtrim(key, 'MAXLEN', 0);
    const text = '{"v":1,"type":"from.the.future"}';
    await redis.client.xadd(key, '2-0', 'u', 'u', 'd', 'd', 't', '1', 'c', text);
    await redis.client.set(`${key}:last`, '2');
    const handled: number[] = [];
    const consumer = await log.consume(async (batch) => {
      handled.push(...batch.map(({ position }) => position));
    });
    assert.match(String(await failed.promise), /unknown_type/);
    const positions = await Promise.all(Array.from({ length: 100 }, () => log.append(entry())));
    const others = positions.filter((position) => position % 8 !== bad % 8);
    while (handled.length < others.length) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(
      handled.toSorted((a, b) => a - b),
      others.toSorted((a, b) => a - b),
    );
    const behind = positions.length - others.length + 1;
    while (consumer.lag > behind) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(consumer.lag, behind);
    await dispose();
  });

  it('says storage_full when Redis has no memory left, and loses nothing of what it took', async () => {
    const server = await startRedis();
    const { redis, engine, dispose } = await openRedis(server.url);
    const log = new RedisLog(redis, engine, { partitions: 1 });
    let taken = 0;
    await redis.client.config('SET', 'maxmemory', '4mb');
    const text = 'x'.repeat(50_000);
    let code = 'ok';
    while (code === 'ok') {
      code = await codeOf(log.append(entry(text)));
      if (code === 'ok') taken++;
    }
    assert.equal(code, 'storage_full');
    assert.ok(taken > 0);
    let handled = 0;
    await redis.client.config('SET', 'maxmemory', '0');
    const consumer = await log.consume(async (batch) => {
      handled += batch.length;
    });
    await consumer.drained();
    assert.equal(handled, taken);
    await log.close();
    await dispose();
    await server.dispose();
  });

  it('refuses in time while Redis is away or frozen, and goes on by itself', async () => {
    const server = await startRedis();
    const { redis, engine, dispose } = await openRedis(server.url, 400);
    const log = new RedisLog(redis, engine, { partitions: 4, leaseMs: 1_000, deadlineMs: 400 });
    const handled = new Set<string>();
    await log.consume(async (batch) => {
      for (const { command } of batch) handled.add(command.id);
    });
    const kept: string[] = [];
    const appendOne = async () => {
      const one = entry();
      const code = await codeOf(log.append(one));
      if (code === 'ok') kept.push(one.command.id);
      return code;
    };
    assert.equal(await appendOne(), 'ok');
    const until = async (code: string) => {
      while ((await appendOne()) !== code) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await server.kill();
    assert.deepEqual(
      new Set(await Promise.all(Array.from({ length: 50 }, appendOne))),
      new Set(['unavailable']),
    );
    await server.start();
    await until('ok');
    server.freeze();
    assert.deepEqual(
      new Set(await Promise.all(Array.from({ length: 50 }, appendOne))),
      new Set(['unavailable']),
    );
    server.thaw();
    await until('ok');
    while (!kept.every((id) => handled.has(id))) await new Promise((resolve) => setTimeout(resolve, 20));
    await log.close();
    await dispose();
    await server.dispose();
  });
});
