import { createHash } from 'node:crypto';
import type { Engine } from '../../platform/engine.ts';
import { isAway, Probe } from '../../platform/probe.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { script } from '../../platform/redis/script.ts';
import {
  type Counted,
  type CountedThing,
  type CreateFailureCounts,
  type FailureCounts,
  localFailureCounts,
} from './failure-counts.ts';

const ADD = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
`;
/** A counter that is gone is not made anew, and none goes below nothing: that would be tries for free. */
const TAKE_BACK = `
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count > 0 then redis.call('DECR', KEYS[1]) end
`;

/** Somebody waits at a login, for several answers: rather count here than keep them waiting. Milliseconds. */
const DEADLINE_MS = 500;

/**
 * For all processes together. Each counts by itself as well, from the beginning, and goes by that while Redis does not answer: whoever
 * guesses does not begin anew with its failure.
 */
export function redisFailureCounts(
  redis: Pick<RedisConnection, 'client' | 'prefix'>,
  engine: Engine,
): CreateFailureCounts {
  const { client } = redis;
  const scripts = {
    add: script<[number, number]>(client, 'dunlinCountFailure', ADD),
    takeBack: script<null>(client, 'dunlinTakeBackFailure', TAKE_BACK),
  };
  const probe = new Probe(() => performance.now());

  /** Null: it does not answer, and was not waited for if that was known. */
  async function ask<T>(work: () => Promise<T>): Promise<T | null> {
    if (!probe.mayAsk()) return null;
    try {
      const answer = await engine.run(work, DEADLINE_MS);
      probe.answered();
      return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      probe.failed();
      return null;
    }
  }

  return (what, windowSeconds): FailureCounts => {
    const local = localFailureCounts(what, windowSeconds);
    return {
      async add(key): Promise<Counted> {
        const here = await local.add(key);
        const answer = await ask(() => scripts.add([nameOf(redis, what, key)], windowSeconds * 1_000));
        if (answer === null) return here;
        const [count, msLeft] = answer;
        return {
          count,
          msLeft,
          async takeBack() {
            await here.takeBack();
            await ask(() => scripts.takeBack([nameOf(redis, what, key)]));
          },
        };
      },
      async forget(key) {
        await local.forget(key);
        await ask(() => client.del(nameOf(redis, what, key)));
      },
    };
  };
}

/** Of the same length whatever was typed, and telling nobody who looks into Redis who failed to log in. */
function nameOf({ prefix }: Pick<RedisConnection, 'prefix'>, what: CountedThing, key: string): string {
  return `${prefix}failures:${what}:${createHash('sha256').update(key).digest('base64url')}`;
}
