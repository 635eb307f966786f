import { LIFE } from './life.ts';

/**
 * Where the event stream is kept. `feed:{i}`: a stream of records, the newest of them as `{n}-0`; `feed:{i}:last`: n of the newest. Both
 * belong to the installation, bounded by the writer; nothing deletes them, and nothing is missed when somebody does: readers are told of
 * a gap.
 */
export function feedKeys(prefix: string) {
  return {
    stream: (i: number) => `${prefix}feed:{${i}}`,
    last: (i: number) => `${prefix}feed:{${i}}:last`,
  };
}

export type FeedKeys = ReturnType<typeof feedKeys>;

/** KEYS: stream, last; ARGV: how many to keep about, then key and value of each record. */
export const WRITE = `
local count = (#ARGV - 1) / 2
local last = redis.call('INCRBY', KEYS[2], count)
local n = last - count
-- Where the number is lost and the stream is not, nothing smaller could be added to it.
if n == 0 then redis.call('DEL', KEYS[1]) end
for at = 2, #ARGV, 2 do
  n = n + 1
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], string.format('%.0f-0', n), 'k', ARGV[at], 'v', ARGV[at + 1])
end
return 1`;

/** KEYS: last. n of the newest record, and the life of the server. */
export const END = `${LIFE}
return { tonumber(redis.call('GET', KEYS[1]) or '0'), life() }`;
