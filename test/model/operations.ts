import { tagsOf, type OutboxRow, type Row } from './database.js';
import type { ModelNode } from './node.js';
import type { Steps } from './scheduler.js';

/** Brings the copy up to date. */
export function* sync(node: ModelNode): Steps {
  const sentAt = node.world.time;
  const call = node.call([]);
  const reply = yield* node.ask((server) => server.runScript(call));
  if (reply !== null) node.absorb(reply, call, sentAt);
}

/** Applies what this node's epoch has not been told, whoever wrote it. Calls the script also with nothing to apply. */
export function* poll(node: ModelNode): Steps {
  const { world } = node;
  const beganAt = world.time;
  const { stamp: { epoch }, visits } = node;
  yield undefined;
  const rows = world.database.unapplied(epoch);
  // What was marked by now is in the ledger before the call below is sent.
  const known = [...node.pending].filter((row) => row.applied.has(epoch) || rows.includes(row));
  yield undefined;
  const call = node.call(tagsOf(rows));
  const sentAt = world.time;
  const reply = yield* node.ask((server) => server.runScript(call));
  if (reply === null) return;
  world.database.markApplied(rows.map(({ id }) => id), reply.epoch);
  if (!node.absorb(reply, call, sentAt)) return;
  // Another epoch was met on the way: what it has not been told is another list of rows.
  if (reply.epoch !== epoch || node.stamp.epoch !== epoch) return;
  if (node.visits !== visits && !world.without.has('revisit')) return;
  node.polled(beganAt);
  const settled = world.without.has('lateclear') ? [...node.pending].filter((row) => row.applied.has(epoch)) : known;
  for (const row of settled) node.pending.delete(row);
}

/** Commits, invalidates, answers. */
export function* mutate(node: ModelNode, rows: readonly Row[]): Steps {
  const { world } = node;
  yield undefined;
  const { outboxRows, versions } = world.database.commit(rows);
  yield undefined;
  const sentAt = world.time;
  const call = node.call(tagsOf(outboxRows));
  const reply = yield* node.ask((server) => server.runScript(call));
  const taken = reply !== null && (world.without.has('maxseen') ? node.jump(reply, call) : node.absorb(reply, call, sentAt));
  const isApplied = taken && node.stamp.epoch === reply?.epoch;
  if (isApplied) node.spawn(mark(node, outboxRows, reply.epoch));
  else if (!world.without.has('nopending')) for (const row of outboxRows) node.pending.add(row);
  const token = isApplied ? { epoch: reply.epoch, position: reply.position } : null;
  world.history.answered({ node: node.index, versions, token });
}

/** Notes under which epoch a change was applied. It may not come to it: then it is applied again. */
function* mark({ world }: ModelNode, rows: readonly OutboxRow[], epoch: string): Steps {
  yield undefined;
  if (world.random.chance(0.9)) world.database.markApplied(rows.map(({ id }) => id), epoch);
}
