import { clocksShifted } from './clocks-shifted.js';
import { databaseHung } from './database-hung.js';
import type { Fault } from './fault.js';
import { killedAfterCommit } from './killed-after-commit.js';
import { ledgerTrimmed } from './ledger-trimmed.js';
import { loadsHeld } from './loads-held.js';
import { nodeCutFromPostgres, nodeCutFromRedis } from './node-cut-off.js';
import { nodeStopped } from './node-stopped.js';
import { redisConnectionsSilent } from './redis-connections-silent.js';
import { redisFlushed } from './redis-flushed.js';
import { redisEvicting, redisFull } from './redis-memory.js';
import { redisRestartedEmpty } from './redis-restarted-empty.js';
import { redisRestartedOld } from './redis-restarted-old.js';
import { replicaPromoted, replicaPromotedWriterDies } from './replica-promoted.js';
import { splitBrain } from './split-brain.js';

export const FAULTS: readonly Fault[] = [
  killedAfterCommit,
  redisRestartedEmpty,
  redisRestartedOld,
  redisFlushed,
  replicaPromoted,
  replicaPromotedWriterDies,
  splitBrain,
  redisEvicting,
  redisFull,
  ledgerTrimmed,
  nodeCutFromRedis,
  nodeCutFromPostgres,
  redisConnectionsSilent,
  databaseHung,
  nodeStopped,
  loadsHeld,
  clocksShifted,
];
