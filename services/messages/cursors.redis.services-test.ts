import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { cursorsConformance } from './cursors.conformance.ts';
import { RedisCursors } from './cursors.redis.ts';
import type { DeviceCursor } from './cursors.ts';
import { openRedis, ownRedis } from './redis/fixtures.ts';

const { url, skip } = sharedEngine('redis');

describe('Cursors in Redis', { skip }, () => {
  cursorsConformance('Redis', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    return { cursors: new RedisCursors(redis, engine), dispose };
  });

  const sample = (count: number, fields: Partial<DeviceCursor> = {}): DeviceCursor[] =>
    Array.from({ length: count }, (_, i) => ({
      device: uuidv7(),
      user: uuidv7(),
      stream: uuidv7(),
      seq: i + 1,
      time: 1,
      ...fields,
    }));

  it('saves thousands in a handful of commands', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const cursors = new RedisCursors(redis, engine);
    const [device, stream] = [uuidv7(), uuidv7()];
    const all = [...sample(2_500, { device }), ...sample(2_500, { stream }), ...sample(1_000)];
    const called = async () => {
      const stats = await redis.client.info('commandstats');
      const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
      return calls.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await called();
    await cursors.save(all);
    assert.ok((await called()) - before < 20);
    assert.equal((await cursors.ofDevice(device)).size, 2_500);
    assert.equal((await cursors.receipts([stream])).get(stream)?.length, 2_500);
    for (const one of all.slice(-10))
      assert.equal((await cursors.ofDevice(one.device)).get(one.stream), one.seq);
    await dispose();
  });

  it('says that Redis is away, and goes on where it was when it is back', async () => {
    const server = await startRedis();
    const { redis, engine, dispose } = await openRedis(server.url, 400);
    const cursors = new RedisCursors(redis, engine);
    const [one] = sample(1);
    await cursors.save([one!]);
    await server.kill();
    const away = { refusal: { code: 'unavailable' } };
    const refused = async (asked: Promise<unknown>) =>
      assert.rejects(asked, (error: object) => {
        assert.equal((error as typeof away).refusal?.code, 'unavailable');
        return true;
      });
    await refused(cursors.save([one!]));
    await refused(cursors.receipts([one!.stream]));
    await refused(cursors.read(one!.user, one!.stream, 1, 1));
    await server.start();
    while (!(await cursors.ofDevice(one!.device).catch(() => null)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await cursors.ofDevice(one!.device), new Map([[one!.stream, one!.seq]]));
    await cursors.save([{ ...one!, seq: 9 }]);
    server.freeze();
    await refused(cursors.ofDevice(one!.device)).finally(() => server.thaw());
    while (!(await cursors.ofDevice(one!.device).catch(() => null)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await cursors.ofDevice(one!.device)).get(one!.stream), 9);
    await dispose();
    await server.dispose();
  });
});
