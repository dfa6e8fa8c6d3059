import { partitionOf, ROWS, tagOf, type Row, type Versions } from './database.js';
import type { Token } from './history.js';
import type { Entry, Flight, ModelNode, Stamp } from './node.js';
import { sync } from './operations.js';
import type { RedisServer } from './redis.js';
import type { Steps } from './scheduler.js';

/** One operation: its stamp, taken before it reads anything, and whether it goes past the cache. */
interface Request {
  readonly stamp: Stamp;
  readonly bypass: boolean;
}

interface Asked {
  readonly key: string;
  readonly partition: 'shop' | 'global';
  readonly load: () => Steps<Pick<Entry, 'versions' | 'tags'>>;
}

/** A client reads the list of all rows, or a single one, perhaps with the token of a mutation that it must see. */
export function* read(node: ModelNode, after?: { readonly token: Token; readonly versions: Versions }): Steps {
  const { world } = node;
  const expected = world.history.expect(node.index, after?.versions);
  if (after !== undefined && !covers(node, after.token)) yield* sync(node);
  const request: Request = { stamp: node.stamp, bypass: after !== undefined && !covers(node, after.token) };
  const asked = world.random.chance(0.7) ? list(node, request) : single(node, world.random.pick(ROWS));
  const { versions } = yield* cached(node, request, asked);
  world.history.reads++;
  world.history.check(expected, versions);
}

function covers({ stamp }: ModelNode, token: Token): boolean {
  return stamp.epoch === token.epoch && stamp.position >= token.position;
}

function list(node: ModelNode, request: Request): Asked {
  return {
    key: 'list',
    partition: 'shop',
    *load() {
      let versions: Versions = {};
      for (const row of ROWS) {
        const entry = yield* cached(node, request, single(node, row));
        versions = { ...versions, ...entry.versions };
        yield undefined;
      }
      return { versions, tags: ROWS.map(tagOf) };
    },
  };
}

function single({ world }: ModelNode, row: Row): Asked {
  return {
    key: `row-${row}`,
    partition: partitionOf(row),
    *load() {
      yield undefined;
      const versions = world.database.read([row]);
      for (let slow = world.random.below(4); slow > 0; slow--) yield undefined;
      return { versions, tags: [tagOf(row)] };
    },
  };
}

/** Look up, join or load, store: the same at every level. */
function* cached(node: ModelNode, request: Request, asked: Asked): Steps<Entry> {
  if (request.bypass) return { ...(yield* asked.load()), stamp: request.stamp, partition: asked.partition };
  const found = yield* lookUp(node, asked.key);
  if (found !== null) return found;
  const joined = yield* join(node, asked.key);
  return joined ?? (yield* lead(node, request, asked));
}

function* lookUp(node: ModelNode, key: string): Steps<Entry | null> {
  if (!node.isTrusted()) return null;
  const near = node.memory.get(key);
  if (near !== undefined && node.isValid(near)) return hit(node, near);
  const far = (yield* node.ask((server) => server.entries.get(key))) as Entry | null | undefined;
  if (far == null || !node.isTrusted() || !node.isValid(far)) return null;
  node.memory.set(key, far);
  return hit(node, far);
}

function hit(node: ModelNode, entry: Entry): Entry {
  node.world.history.hits++;
  return entry;
}

/** Waits for a load that is under way, and judges what it brought by the copy as it is then. */
function* join(node: ModelNode, key: string): Steps<Entry | null> {
  const flight = node.flights.get(key);
  if (flight === undefined) return null;
  yield () => flight.entry !== null;
  const { entry } = flight;
  if (entry === null) return null;
  return node.world.without.has('nojudge') || (node.isTrusted() && node.isValid(entry)) ? entry : null;
}

function* lead(node: ModelNode, request: Request, { key, partition, load }: Asked): Steps<Entry> {
  const flight: Flight = { entry: null };
  node.flights.set(key, flight);
  const loaded = yield* load();
  const entry: Entry = { ...loaded, partition, stamp: stampOf(node, request) };
  flight.entry = entry;
  if (node.flights.get(key) === flight) node.flights.delete(key);
  // Alone, a node stores nothing.
  if (entry.stamp.epoch !== '' && node.isTrusted()) {
    node.memory.set(key, entry);
    const run = ({ entries }: RedisServer): unknown => entries.set(key, entry);
    node.world.network.send({ sender: node, server: node.server, run, settle: () => undefined });
  }
  return entry;
}

function stampOf({ world, stamp: atEnd }: ModelNode, { stamp: atStart }: Request): Stamp {
  if (world.without.has('stampend')) return atEnd;
  if (world.without.has('epochatstore')) return { ...atStart, epoch: atEnd.epoch };
  return atStart;
}
