/**
 * The only thing that touches the ledger's sorted set. Members are tags, scored by the position of their last
 * invalidation; what describes the ledger itself are members of the same set whose names begin with NUL, so that the
 * ledger is lost as a whole or not at all:
 *
 *     \0e<epoch>        score -3       \0p               score = position
 *     \0o<owner>        score -2       \0f<partition>    score = floor of the partition
 *
 * KEYS  the set
 * ARGV  1 epoch the caller knows ('' for none)   2 position it knows        3 cursor: report tags above it
 *       4 id for an epoch, should one begin      5 bound on tags            6 bound on reported tags
 *       7 channel to wake the other nodes on     8… tags to invalidate
 * Reply epoch, position, server time in µs, cursor reached, 1 when everything above the caller's cursor was reported,
 *       positions replaced (in the order of the tags; what trimmed ones can have had at most), then reported members and their scores in turns
 *
 * `allow-oom`: a full Redis refuses entries, never an invalidation.
 *
 * @param options.epochRule false only for tests of the mechanisms: without it a ledger that has lost something goes on.
 */
export function ledgerScript({ epochRule = true }: { readonly epochRule?: boolean } = {}): string {
  const lost = epochRule ? 'not epoch or owner ~= server or (known_epoch == epoch and known_position > position)' : 'not epoch';
  return `#!lua flags=allow-oom
local key = KEYS[1]
local known_epoch, known_position, cursor = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local max_tags, page = tonumber(ARGV[5]), tonumber(ARGV[6])
local server = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')

local epoch = redis.call('ZRANGEBYSCORE', key, -3, -3)[1]
local owner = redis.call('ZRANGEBYSCORE', key, -2, -2)[1]
epoch = epoch and string.sub(epoch, 3)
owner = owner and string.sub(owner, 3)
local position = tonumber(redis.call('ZSCORE', key, '\\0p') or 0)

-- A set that is missing, was copied from another server, or has lost positions that somebody knows, starts an epoch.
if ${lost} then
  position = math.max(position, known_position) + 1
  epoch = ARGV[4]
  redis.call('DEL', key)
  redis.call('ZADD', key, -3, '\\0e' .. epoch, -2, '\\0o' .. server, position, '\\0p')
end
if known_epoch ~= epoch then cursor = -1 end

-- A tag that spans partitions counts for all, as the global one does.
local function partition_of(tag)
  return string.match(tag, '^t/([^@/][^/]*)') or 'global'
end

local replaced = {}
if #ARGV > 7 then
  position = position + 1
  for i = 8, #ARGV do
    -- A tag that was trimmed stood no higher than the floor of its partition.
    local before = redis.call('ZSCORE', key, ARGV[i]) or redis.call('ZSCORE', key, '\\0f' .. partition_of(ARGV[i])) or '0'
    replaced[#replaced + 1] = before
    redis.call('ZADD', key, position, ARGV[i])
  end
  redis.call('ZADD', key, position, '\\0p')
  local excess = redis.call('ZCARD', key) - max_tags
  if excess > 0 then
    -- A tenth at a time; floors are among the lowest scores, and stay.
    local oldest = redis.call('ZRANGEBYSCORE', key, 0, '+inf', 'WITHSCORES', 'LIMIT', 0, excess + math.floor(max_tags / 10))
    for i = 1, #oldest, 2 do
      local tag = oldest[i]
      if string.byte(tag) ~= 0 and tonumber(oldest[i + 1]) < position then
        redis.call('ZREM', key, tag)
        redis.call('ZADD', key, 'GT', oldest[i + 1], '\\0f' .. partition_of(tag))
      end
    end
  end
  redis.call('PUBLISH', ARGV[7], epoch .. ':' .. string.format('%.0f', position))
end

local reported = redis.call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', cursor), '+inf', 'WITHSCORES', 'LIMIT', 0, page)
local complete, reached = 1, position
if #reported >= 2 * page then
  -- Many members may share the last position: a page ends with all of them.
  reached = tonumber(reported[#reported])
  reported = redis.call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', cursor), reached, 'WITHSCORES')
  if reached < position then complete = 0 end
end
local time = redis.call('TIME')
return { epoch, string.format('%.0f', position), time[1] .. string.format('%06d', time[2]), string.format('%.0f', reached), complete, replaced, reported }
`;
}
