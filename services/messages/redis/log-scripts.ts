import type { LeaseKeys } from './leases.ts';
import { LIFE } from './life.ts';

/**
 * Where the log is kept, each key with its owner:
 *
 * | key | what | deleted by |
 * |---|---|---|
 * | `log:partitions` | how many there are, since the log was first used | nothing |
 * | `log:{p}` | stream: entries that are not handled yet, as `{n}-0` | the commit of what was handled |
 * | `log:{p}:last` | n of the newest entry: so n goes on when the stream is empty | nothing |
 * | `log:{p}:owner` | token of who consumes the partition | expires with the lease |
 * | `log:members` | sorted set: who shares the partitions, by the time of the last sign of life | expires with them |
 *
 * and the channel `log`, which tells consumers `p:n` of what was appended and `members` when the partitions are to be shared anew.
 */
export function logKeys(prefix: string) {
  const stream = (partition: number) => `${prefix}log:{${partition}}`;
  return {
    partitions: `${prefix}log:partitions`,
    members: `${prefix}log:members`,
    channel: `${prefix}log`,
    stream,
    progress: stream,
    last: (partition: number) => `${prefix}log:{${partition}}:last`,
    owner: (partition: number) => `${prefix}log:{${partition}}:owner`,
    acquire: { name: 'logAcquire', lua: ACQUIRE },
    commit: { name: 'logCommit', lua: COMMIT },
  } satisfies LeaseKeys & Record<string, unknown>;
}

export type LogKeys = ReturnType<typeof logKeys>;

/** The id of an entry in its stream. */
export const idOf = (n: number): string => `${n}-0`;
/** Which entry an id names. */
export const numberOf = (id: string): number => Number(id.slice(0, id.indexOf('-')));

/**
 * KEYS: stream, last; ARGV: most entries, channel, partition, then user, device, acceptedAt and text of each entry.
 * n of the first; -1: it would be too many. All or nothing.
 */
export const APPEND = `
local count = (#ARGV - 3) / 4
if redis.call('XLEN', KEYS[1]) + count > tonumber(ARGV[1]) then return -1 end
local last = redis.call('INCRBY', KEYS[2], count)
local n = last - count
for at = 4, #ARGV, 4 do
  n = n + 1
  redis.call('XADD', KEYS[1], string.format('%.0f-0', n),
    'u', ARGV[at], 'd', ARGV[at + 1], 't', ARGV[at + 2], 'c', ARGV[at + 3])
end
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ':' .. string.format('%.0f', last))
return last - count + 1`;

/** KEYS: owner, last, stream; ARGV: token, lease in ms. Nothing: it is another's; n of the newest entry, and of the newest that is handled, and the life. */
export const ACQUIRE = `${LIFE}
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local first = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
local handled = last
if first then handled = tonumber(string.match(first[1], '^%d+')) - 1 end
return { last, handled, life() }`;

/** KEYS: owner, stream; ARGV: token, life, n of the newest entry that goes. 0: it is another's, or was, and nothing was done. */
export const COMMIT = `${LIFE}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if life() ~= ARGV[2] then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f-0', ARGV[3] + 1))
return 1`;
