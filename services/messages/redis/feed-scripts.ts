import type { LeaseKeys } from './leases.ts';
import { LIFE } from './life.ts';

/**
 * Where the event stream is kept. `feed:{i}`: a stream of records, the newest of them as `{n}-0`; `feed:{i}:last`: n of the newest. Both
 * belong to the installation, bounded by the writer; nothing deletes them, and nothing is missed when somebody does: readers are told of
 * a gap. For each name under which it is consumed, `feed:{i}:at:{name}`: n of the newest that is handled, which is the name's as long as
 * somebody may consume under it; `feed:{i}:owner:{name}` and `feed:members:{name}`, which expire with the leases. The channel `feed` tells
 * who consumes `i:n` of what was written, and `members` when the streams are to be shared anew.
 */
export function feedKeys(prefix: string) {
  return {
    stream: (i: number) => `${prefix}feed:{${i}}`,
    last: (i: number) => `${prefix}feed:{${i}}:last`,
    channel: `${prefix}feed`,
  };
}

export type FeedKeys = ReturnType<typeof feedKeys>;

/** The leases of those who consume under a name. */
export function consumingKeys(prefix: string, name: string): LeaseKeys {
  const { last, channel } = feedKeys(prefix);
  return {
    last,
    channel,
    members: `${prefix}feed:members:${name}`,
    owner: (i) => `${prefix}feed:{${i}}:owner:${name}`,
    progress: (i) => `${prefix}feed:{${i}}:at:${name}`,
    acquire: { name: 'feedAcquire', lua: ACQUIRE },
    commit: { name: 'feedCommit', lua: COMMIT },
  };
}

/** KEYS: stream, last; ARGV: how many to keep about, channel, i, then key and value of each record. */
export const WRITE = `
local count = (#ARGV - 3) / 2
local last = redis.call('INCRBY', KEYS[2], count)
local n = last - count
-- Where the number is lost and the stream is not, nothing smaller could be added to it.
if n == 0 then redis.call('DEL', KEYS[1]) end
for at = 4, #ARGV, 2 do
  n = n + 1
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], string.format('%.0f-0', n), 'k', ARGV[at], 'v', ARGV[at + 1])
end
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ':' .. string.format('%.0f', last))
return 1`;

/** KEYS: last. n of the newest record, and the life of the server. */
export const END = `${LIFE}
return { tonumber(redis.call('GET', KEYS[1]) or '0'), life() }`;

/** KEYS: last, at. Has a name that is new begin at what is written from now on. */
export const BEGIN = `
redis.call('SET', KEYS[2], redis.call('GET', KEYS[1]) or '0', 'NX')
return 1`;

/**
 * KEYS: owner, last, at; ARGV: token, lease in ms. Nothing: it is another's; n of the newest record, and of the newest that is handled, and
 * the life. What is handled cannot be newer than the newest: then the server has lost what it had, and all there is was written since.
 */
const ACQUIRE = `${LIFE}
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local handled = tonumber(redis.call('GET', KEYS[3]) or last)
if handled > last then handled = 0 end
return { last, handled, life() }`;

/** KEYS: owner, at; ARGV: token, life, n of the newest that is handled. 0: it is another's, or was, and nothing was done. */
const COMMIT = `${LIFE}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if life() ~= ARGV[2] then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[2], ARGV[3])
return 1`;
