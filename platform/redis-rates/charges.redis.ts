import type { Clock } from '../clock.ts';
import type { Engine } from '../engine.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { script } from '../redis/script.ts';
import { type Charges, SharedBuckets } from './shared-buckets.ts';

/** What is answered later than this is of no use: its time is not known well enough any more. */
const DEADLINE_MS = 500;

/**
 * The server's own clock counts, as those of the processes differ. What was filled up while tokens were being spent is given before the
 * bound of the burst is applied: being told late costs nobody anything. A bucket that is full again is the same as none, and expires then.
 */
const CHARGE = `
local perMs, burst, spent, age = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = burst, now - age
if kept[1] and kept[2] then tokens, at = tonumber(kept[1]), tonumber(kept[2]) end
local passed = math.max(0, now - at)
local spending = math.min(age, passed)
tokens = math.min(burst, tokens + (passed - spending) * perMs)
tokens = math.min(burst, tokens + spending * perMs - spent)
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((burst - tokens) / perMs) + 1000))
return string.format('%.6f', tokens)
`;

/**
 * @param name what is limited, as it is called in Redis: `user`, `address`, …
 * @param perSecond more than 0
 */
export function redisCharges(
  { client, prefix }: Pick<RedisConnection, 'client' | 'prefix'>,
  engine: Engine,
  name: string,
  perSecond: number,
  burst: number,
): Charges {
  const charge = script<string>(client, 'dunlinCharge', CHARGE);
  return {
    async charge(key, spent, ageMs) {
      const bucket = `${prefix}rate:${name}:${key}`;
      const asked = () => charge([bucket], perSecond / 1_000, burst, spent, ageMs);
      return Number(await engine.run(asked, DEADLINE_MS));
    },
  };
}

/** Buckets that all processes share which say the same `name`, `perSecond` and `burst`. */
export function redisBuckets(
  redis: Pick<RedisConnection, 'client' | 'prefix'>,
  engine: Engine,
  { name, perSecond, burst }: { name: string; perSecond: number; burst: number },
  clock: Clock,
): SharedBuckets {
  const charges = redisCharges(redis, engine, name, perSecond, burst);
  return new SharedBuckets(perSecond, burst, charges, clock);
}
