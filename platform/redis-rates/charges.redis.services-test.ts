import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { systemClock } from '../clock.ts';
import { Engine } from '../engine.ts';
import { connectRedis, type RedisConnection } from '../redis/connect.ts';
import { isRedisTrouble } from '../redis/trouble.ts';
import { redisBuckets, redisCharges } from './charges.redis.ts';
import { SharedBuckets } from './shared-buckets.ts';

const shared = sharedEngine('redis');
const engineOf = () => new Engine({ name: 'redis', deadlineMs: 400, most: 10, isTrouble: isRedisTrouble });
const unavailable = (error: unknown) => error instanceof Refused && error.refusal.code === 'unavailable';

describe('buckets in Redis', { skip: shared.skip }, () => {
  const connections: RedisConnection[] = [];
  const connect = async (url: string) => {
    const parameters = { name: 'rates', deadlineMs: 400, use: 'passing' } as const;
    const redis = await connectRedis(`${url}?prefix=rates-${process.pid}:`, parameters);
    connections.push(redis);
    return redis;
  };
  let redis: RedisConnection;
  before(async () => {
    redis = await connect(shared.url);
  });
  after(() => Promise.all(connections.map((one) => one.close())));

  it('are full at first, may go below nothing, and fill up', async () => {
    const charges = redisCharges(redis, engineOf(), 'fill', 100, 50);
    assert.equal(await charges.charge('k', 20, 0), 30);
    const below = await charges.charge('k', 60, 0);
    // As much as is filled while the test runs.
    assert.ok(below >= -30 && below < 0, `${below}`);
    await pause(400);
    const later = await charges.charge('k', 0, 0);
    assert.ok(later >= below + 39, `${later} after ${below}`);
    assert.equal(await charges.charge('other', 0, 0), 50);
  });

  it('give what filled up while it was spent, up to the burst', async () => {
    const charges = redisCharges(redis, engineOf(), 'age', 100, 50);
    // 20 in the last second, in which 100 came: it is as full as ever.
    assert.equal(await charges.charge('k', 20, 1_000), 50);
    assert.ok((await charges.charge('k', 20, 1_000)) <= 31, 'what is past was given twice');
  });

  it('expire when they are full again', async () => {
    const charges = redisCharges(redis, engineOf(), 'expiry', 100, 50);
    await charges.charge('k', 50, 0);
    const ms = await redis.client.pttl(`${redis.prefix}rate:expiry:k`);
    assert.ok(ms > 0 && ms <= 1_500, `${ms} ms`);
    await charges.charge('k', 1_000, 0);
    const longer = await redis.client.pttl(`${redis.prefix}rate:expiry:k`);
    assert.ok(longer > 9_000 && longer <= 11_500, `${longer} ms`);
  });

  it('give somebody who floods three processes about the rate of one', async () => {
    const [rate, burst] = [200, 20];
    const processes: SharedBuckets[] = [];
    for (let i = 0; i < 3; i++) {
      const limit = { name: 'flood', perSecond: rate, burst };
      processes.push(redisBuckets(await connect(shared.url), engineOf(), limit, systemClock));
    }
    const start = performance.now();
    let passed = 0;
    while (performance.now() - start < 4_000) {
      for (const one of processes) while (one.take('u') === 0) passed++;
      await pause(5);
    }
    const filled = ((performance.now() - start) * rate) / 1_000;
    // A burst from each, and a fifth: what is on its way when others spend it, on a machine that does other things too.
    assert.ok(passed <= 3 * burst + 1.2 * filled, `${passed} of ${filled}`);
    assert.ok(passed >= 0.8 * filled, `${passed} of ${filled}`);
  });

  describe('of a server that goes away', () => {
    let server: RunningEngine;
    before(async () => {
      server = await startRedis();
    });
    after(() => server.dispose());

    for (const [how, hurt, heal] of [
      ['is killed', () => server.kill(), () => server.start()],
      ['is frozen', async () => server.freeze(), async () => server.thaw()],
    ] as const)
      it(`are local while it ${how}, and common when it is back`, async () => {
        const engine = engineOf();
        const charges = redisCharges(await connect(server.url), engine, how.slice(3), 10, 100);
        const [here, there] = [0, 1].map(() => new SharedBuckets(10, 100, charges, systemClock));
        await hurt();
        let passed = 0;
        for (let i = 0; i < 150; i++) {
          if (here!.take('u') === 0) passed++;
          assert.ok(engine.underWay <= 1);
          if (i % 10 === 0) await pause(1);
        }
        assert.ok(passed >= 100 && passed <= 110, `${passed} by itself`);
        await assert.rejects(charges.charge('u', 1, 0), unavailable);
        await heal();
        // Found out by itself, by those who go on.
        for (let spent = 0; ; ) {
          try {
            spent = 100 - (await charges.charge('v', 0, 0));
          } catch (error) {
            assert.ok(unavailable(error), String(error));
            await pause(20);
            continue;
          }
          if (spent > 0) break;
          here!.take('v');
          await pause(20);
        }
        // And the others hear of it: both together have no more than there is.
        let both = 0;
        const start = performance.now();
        for (let i = 0; i < 300; i++) {
          for (const one of [here!, there!]) if (one.take('w') === 0) both++;
          await pause(1);
        }
        assert.ok(both <= 150 + (performance.now() - start) / 100, `${both} of 100`);
      });
  });
});
