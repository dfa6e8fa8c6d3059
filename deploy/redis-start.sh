#!/bin/sh
# Starts Redis with one user, who can do what Larder does and no more. The password comes from the environment, so that it
# stands in no file that is kept, and as its hash in one that is not.
set -eu

: "${REDIS_PASSWORD:?set REDIS_PASSWORD}"
config="${REDIS_CONFIG:-/etc/redis/redis.conf}"
users="${REDIS_USERS:-/tmp/users.acl}"
# CACHE_PREFIX of the nodes.
prefix="${CACHE_PREFIX:-larder}"

hash="$(printf '%s' "$REDIS_PASSWORD" | sha256sum | cut -c 1-64)"

# Reading and writing below the prefix, several keys at once too; the ledger's script and its wake-ups; figures for the
# statistics. What is dangerous to others (KEYS, FLUSHALL, CONFIG, DEBUG …) stays out, but for INFO, which the script asks
# for its server's id.
umask 077
cat > "$users" <<END
user default off
user larder on #$hash ~$prefix:* &$prefix:* +@read +@write +@transaction +@scripting +@connection +@pubsub -@dangerous -@admin +info +time +ping
END

unset REDIS_PASSWORD
exec redis-server "$config" --aclfile "$users" "$@"
