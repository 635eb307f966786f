/** What is said at the start to whoever has written a URL of another kind of server than is there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { startRedisSentinel } from '../../test/engines/redis-sets.ts';
import type { ServerSet } from '../../test/engines/server-set.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { connectRedis } from './connect.ts';

const { skip } = sharedEngine('redis');

describe('A Redis that is not what its URL says', { skip }, () => {
  let plain: RunningEngine;
  let node: RunningEngine;
  let locked: RunningEngine;
  let set: ServerSet;
  const started: RunningEngine[] = [];
  before(async () => {
    const kept = async <T extends RunningEngine>(starting: Promise<T>) => {
      const one = await starting;
      started.push(one);
      return one;
    };
    plain = await kept(startRedis());
    node = await kept(startRedis(['--cluster-enabled', 'yes']));
    locked = await kept(startRedis(['--cluster-enabled', 'yes', '--requirepass', 'right']));
    set = await kept(startRedisSentinel());
  });
  after(() => Promise.all(started.map((one) => one.dispose())));

  const as = (scheme: string, { url }: RunningEngine) => url.replace(/^[^:]+:/, `${scheme}:`);
  const cases: [what: string, url: () => string, says: RegExp][] = [
    ['a node of a Cluster by itself', () => node.url, /redis\+cluster:\/\//],
    ['a replica', () => set.nodes[1]!.url, /is a replica.*its master/],
    ['a sentinel', () => as('redis', set).replace('/first', ''), /redis\+sentinel:\/\/host:26379\/master/],
    ['a Cluster that is none', () => as('redis+cluster', plain), /cluster support disabled/],
    ['a Cluster without slots', () => as('redis+cluster', node), /slots/],
    ['a Cluster with a password, without', () => as('redis+cluster', locked), /NOAUTH/],
    [
      'a Cluster with another password',
      () => as('redis+cluster', locked).replace('//', '//:guessed@'),
      /WRONGPASS/,
    ],
    ['a sentinel that is none', () => `${as('redis+sentinel', plain)}/first`, /unknown command/],
    ['a master that its sentinels do not know', () => set.url.replace('first', 'other'), /No such master/],
  ];
  for (const [what, url, says] of cases)
    it(`${what}: is refused, and it is said why`, async () => {
      await assert.rejects(
        connectRedis(url(), { name: 'start', deadlineMs: 500, startMs: 500 }),
        (error: Error) => {
          assert.match(error.message, /^Redis \(127\.0\.0\.1:\d+\): /);
          assert.match(error.message, says);
          assert.doesNotMatch(`${error.stack}`, /guessed/);
          return true;
        },
      );
    });
});
