/**
 * Where cursors are kept, each key with its owner:
 *
 * | key | field → value | owner | deleted by |
 * |---|---|---|---|
 * | `cursors:{device}` | stream → seq | the device | `forgetDevice` |
 * | `receipts:{stream}` | user → receipt | the stream | nothing: as long as there is the conversation |
 * | `reads:{user}` | stream → seq | the user | nothing: as long as there is the account |
 *
 * None expires: a cursor that is gone would be a device that begins anew. The braces make each key a slot of a Cluster by what it is of.
 *
 * A receipt is the text `delivered:deliveredAt:read:readAt`, times empty for none: short enough for Redis to keep small groups packed.
 */
export function cursorKeys(prefix: string) {
  return {
    device: (device: string) => `${prefix}cursors:{${device}}`,
    stream: (stream: string) => `${prefix}receipts:{${stream}}`,
    user: (user: string) => `${prefix}reads:{${user}}`,
  };
}

/** KEYS: hashes; ARGV for each: how many pairs, then so many of field, seq. Only forward. */
export const FORWARD = `
local at = 1
for _, key in ipairs(KEYS) do
  local pairs = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, pairs do
    local field, seq = ARGV[at], ARGV[at + 1]
    at = at + 2
    local old = redis.call('HGET', key, field)
    if not old or tonumber(old) < tonumber(seq) then redis.call('HSET', key, field, seq) end
  end
end`;

const UNPACK = `
local function receipt(key, user)
  local packed = redis.call('HGET', key, user)
  if not packed then return '0', '', '0', '' end
  return string.match(packed, '^(%d+):(%d*):(%d+):(%d*)$')
end`;

/** KEYS: receipts of streams; ARGV for each: how many, then so many of user, seq, time. Only forward. */
export const DELIVERED = `${UNPACK}
local at = 1
for _, key in ipairs(KEYS) do
  local users = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, users do
    local user, seq, time = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    at = at + 3
    local delivered, _, read, readAt = receipt(key, user)
    if tonumber(delivered) < tonumber(seq) then
      redis.call('HSET', key, user, table.concat({ seq, time, read, readAt }, ':'))
    end
  end
end`;

/** KEYS: receipts of a stream; ARGV: user, seq, time. 1: it moved. */
export const READ = `${UNPACK}
local user, seq, time = ARGV[1], ARGV[2], ARGV[3]
local delivered, deliveredAt, read = receipt(KEYS[1], user)
if tonumber(read) >= tonumber(seq) then return 0 end
redis.call('HSET', KEYS[1], user, table.concat({ delivered, deliveredAt, seq, time }, ':'))
return 1`;
