/**
 * Which life of the server this is: another after a restart, and after a replica has taken its place, when numbers of entries that it
 * had not been told of are given again. Empty where it may not be asked.
 */
export const LIFE = `
local function life()
  local info = redis.pcall('INFO', 'replication')
  return type(info) == 'string' and string.match(info, 'master_replid:(%w+)') or ''
end`;
