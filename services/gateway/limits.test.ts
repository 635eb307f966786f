import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../platform/config/schema.ts';
import { buildApp } from './app.ts';
import { Person, register } from './fixtures/person.ts';
import { gatewayStage, type Stage } from './fixtures/stage.ts';

async function on(
  change: (config: Config) => void,
  work: (stage: Stage, clock: { time: number }) => Promise<void>,
) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const stage = await gatewayStage(change, clock);
  try {
    await work(stage, clock);
  } finally {
    await stage.dispose();
  }
}

describe('limits of requests', () => {
  it('counts them by address, says how long to wait, and lets health through', () =>
    on(
      (config) => {
        config.limits.httpRequestsPerMinuteIp = 3;
      },
      async (stage, clock) => {
        const nobody = new Person(stage.app, null);
        for (let i = 0; i < 3; i++) assert.equal((await nobody.ask('GET', '/nothing')).status, 404);
        const refused = await nobody.ask('GET', '/nothing');
        assert.deepEqual(
          [
            refused.status,
            refused.body.code,
            refused.body.retry,
            refused.body.retry_after_ms,
            refused.headers['retry-after'],
          ],
          [429, 'rate_limited', true, 20_000, '20'],
        );
        assert.equal((await nobody.ask('GET', '/livez')).status, 200);
        assert.equal((await nobody.ask('GET', '/readyz')).status, 200);
        clock.time += 20_000;
        assert.equal((await nobody.ask('GET', '/nothing')).status, 404);
      },
    ));

  it('counts them where other processes count them too', () =>
    on(
      () => {},
      async (stage) => {
        const asked: string[] = [];
        const addressRate = { take: (address: string) => (asked.push(address) > 1 ? 7_000 : 0) };
        const app = await buildApp({ ...stage.parts, addressRate }, stage.inFlight);
        try {
          const nobody = new Person(app, null);
          assert.equal((await nobody.ask('GET', '/nothing')).status, 404);
          const refused = await nobody.ask('GET', '/nothing');
          assert.deepEqual([refused.status, refused.body.retry_after_ms], [429, 7_000]);
          assert.deepEqual(asked, ['127.0.0.1', '127.0.0.1']);
        } finally {
          await app.close();
        }
      },
    ));

  it('counts an IPv6 network as one, and believes a proxy only when told to', () =>
    on(
      (config) => {
        config.limits.httpRequestsPerMinuteIp = 1;
        config.http.trustProxy = true;
      },
      async (stage) => {
        const nobody = new Person(stage.app, null);
        const from = async (forwarded: string) =>
          (await nobody.ask('GET', '/nothing', undefined, { 'x-forwarded-for': forwarded })).status;
        assert.equal(await from('2001:db8:1:1::1'), 404);
        assert.equal(await from('2001:db8:1:1:ffff::2'), 429);
        assert.equal(await from('2001:db8:1:2::1'), 404);
        assert.equal(await from('192.0.2.1'), 404);
        // Only the last one is the proxy’s word.
        assert.equal(await from('198.51.100.7, 192.0.2.1'), 429);
        assert.equal(await from('nonsense'), 404);
        assert.equal(await from('more nonsense'), 429);
      },
    ));

  it('does not believe the header otherwise', () =>
    on(
      (config) => {
        config.limits.httpRequestsPerMinuteIp = 1;
      },
      async (stage) => {
        const nobody = new Person(stage.app, null);
        const from = async (forwarded: string) =>
          (await nobody.ask('GET', '/nothing', undefined, { 'x-forwarded-for': forwarded })).status;
        assert.equal(await from('192.0.2.1'), 404);
        assert.equal(await from('192.0.2.2'), 429);
      },
    ));

  it('counts the commands of a user on all devices', () =>
    on(
      (config) => {
        config.limits.commandsPerSecondUser = 1;
        config.limits.commandBurstUser = 2;
      },
      async (stage, clock) => {
        const [anna, ben] = [await register(stage.app, 'anna'), await register(stage.app, 'ben')];
        assert.equal((await anna.ask('GET', '/devices')).status, 200);
        assert.equal((await anna.ask('GET', '/profile')).status, 200);
        assert.equal((await anna.ask('GET', '/profile')).body.code, 'rate_limited');
        assert.equal((await ben.ask('GET', '/profile')).status, 200);
        clock.time += 1_000;
        assert.equal((await anna.ask('GET', '/profile')).status, 200);
      },
    ));
});
