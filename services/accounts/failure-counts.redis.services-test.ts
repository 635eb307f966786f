import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Engine } from '../../platform/engine.ts';
import { connectRedis, type RedisConnection } from '../../platform/redis/connect.ts';
import { isRedisTrouble } from '../../platform/redis/trouble.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { failureCountsConformance } from './failure-counts.conformance.ts';
import { redisFailureCounts } from './failure-counts.redis.ts';
import { LoginGuard } from './login-guard.ts';
import { refusedWith } from './temporary.ts';

const shared = sharedEngine('redis');
const settings = {
  loginFailuresPerAccount: 3,
  loginFailuresPerIp: 100,
  loginWindowSeconds: 900,
  registrationsPerHourIp: 2,
};
const here = '192.0.2.1';
const right = async () => 'proved';
const wrong = async () => null;

describe('with Redis', { skip: shared.skip }, () => {
  let server: RunningEngine;
  let redis: RedisConnection;
  let names = 0;
  const engine = () => new Engine({ name: 'redis', deadlineMs: 400, most: 100, isTrouble: isRedisTrouble });
  /** Each call is as another installation. */
  const fresh = () => ({ client: redis.client, prefix: `${redis.prefix}${names++}:` });
  before(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url, { name: 'failures', deadlineMs: 400 });
  });
  after(async () => {
    await redis.close();
    await server.dispose();
  });

  failureCountsConformance('Redis', () => redisFailureCounts(fresh(), engine()));

  it('counts for all processes together', async () => {
    const where = fresh();
    const [a, b] = [0, 1].map(() => new LoginGuard(settings, redisFailureCounts(where, engine())));
    await assert.rejects(a!.check('alice', here, wrong), refusedWith('bad_credentials'));
    await assert.rejects(b!.check('alice', here, wrong), refusedWith('bad_credentials'));
    await assert.rejects(a!.check('alice', here, wrong), refusedWith('bad_credentials'));
    await assert.rejects(b!.check('alice', here, right), refusedWith('rate_limited'));
    await a!.registration(here);
    await b!.registration(here);
    await assert.rejects(a!.registration(here), refusedWith('rate_limited'));
  });

  it('keeps nothing of what was typed, and nothing for ever', async () => {
    const where = fresh();
    const guard = new LoginGuard(settings, redisFailureCounts(where, engine()));
    await assert.rejects(guard.check('alice@example.org', here, wrong), refusedWith('bad_credentials'));
    const keys = await redis.client.keys(`${where.prefix}*`);
    assert.equal(keys.length, 2);
    for (const key of keys) {
      assert.doesNotMatch(key, /alice|192/);
      assert.ok(key.length < where.prefix.length + 80);
      assert.ok((await redis.client.pttl(key)) > 0, `${key} is kept for ever`);
    }
  });

  for (const [how, hurt, heal] of [
    ['killed', () => server.kill(), () => server.start()],
    ['frozen', async () => server.freeze(), async () => server.thaw()],
  ] as const)
    it(`goes by its own count while Redis is ${how}, which does not begin anew, and by the common one after`, async () => {
      const where = fresh();
      const [guard, other] = [0, 1].map(() => new LoginGuard(settings, redisFailureCounts(where, engine())));
      await assert.rejects(guard!.check('alice', here, wrong), refusedWith('bad_credentials'));
      await assert.rejects(guard!.check('alice', here, wrong), refusedWith('bad_credentials'));
      await hurt();
      await assert.rejects(guard!.check('alice', here, wrong), refusedWith('bad_credentials'));
      await assert.rejects(guard!.check('alice', here, right), refusedWith('rate_limited'));
      assert.equal(await guard!.check('bob', here, right), 'proved');
      await heal();
      // Until both have found out that it is back: those who fail here are refused there too.
      for (let round = 0; ; round++) {
        const account = `carl ${round}`;
        for (let i = 0; i < 3; i++)
          await assert.rejects(
            guard!.check(account, `198.51.100.${round % 250}`, wrong),
            refusedWith('bad_credentials'),
          );
        const answer = await other!
          .check(account, `198.51.100.${round % 250}`, right)
          .catch((error) => error);
        if (answer !== 'proved') {
          assert.ok(refusedWith('rate_limited')(answer));
          break;
        }
        assert.ok(round < 1_000, 'never found out');
        await pause(50);
      }
    });
});
