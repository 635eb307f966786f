import { LIFE } from './life.ts';

/** KEYS: owner, last; ARGV: token, life, lease in ms. n of the newest entry; -1: it is another's, or was. */
export const RENEW = `${LIFE}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if life() ~= ARGV[2] then
  redis.call('DEL', KEYS[1])
  return -1
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return tonumber(redis.call('GET', KEYS[2]) or '0')`;

/** KEYS: owner; ARGV: token, channel. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], 'members')
return 1`;

/** KEYS: members; ARGV: who, for how many ms a sign of life holds, channel. All who are alive, by the clock of the server. */
export const ALIVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZADD', KEYS[1], now, ARGV[1]) == 1 then redis.call('PUBLISH', ARGV[3], 'members') end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return redis.call('ZRANGE', KEYS[1], 0, -1)`;

/** KEYS: members; ARGV: who, channel. */
export const LEAVE = `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[2], 'members')
return 1`;
