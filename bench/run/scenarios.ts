import type { LoadRequest } from '../src/load/load-protocol.js';
import type { ServerKind } from '../src/servers/server-protocol.js';
import type { Party, World } from './world.js';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly servers: readonly ServerKind[];
  /** Sent in turn. With `once`, each is sent once in a server's life. */
  readonly requests: (world: World) => readonly LoadRequest[];
  readonly once?: boolean;
  /** The server whose answer the bare ones copy: Larder's headers, and its bytes. */
  readonly copied?: ServerKind;
  readonly rounds: number;
}

const MEMORY_PEERS = ['apollo', 'apollo-cache-memory', 'yoga-cache-memory', 'mercurius-cache-memory'] as const;
const REDIS_PEERS = ['apollo-cache-redis', 'yoga-cache-redis', 'mercurius-cache-redis'] as const;

const SMALL = 'query Small($id: ID!) { medicine(id: $id) { id name price { amount currency } category { name } } }';
const LARGE =
  'query Large { topMedicines(first: 200) { id name label: name rank discontinued updatedAt price { amount currency } category { id name english: name(language: "en") french: name(language: "fr") slug sortOrder } } }';
const MIXED =
  'query Mixed($id: ID!) { categories { id name } medicine(id: $id) { id name price { amount currency } category { name } } stock(medicineId: $id) { quantity reorderLevel } }';
const NESTED = 'query Nested { topMedicines(first: 50) { id name price { amount currency } category { name } stock { quantity } } }';
const MISS = 'query Miss($id: ID!) { medicine(id: $id) { id name rank discontinued price { amount currency } } }';

interface More {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(party: Party, query: string, { variables, headers }: More = {}): LoadRequest {
  return {
    headers: { accept: 'application/json', 'x-tenant': party.tenant, authorization: `Bearer ${party.token}`, ...headers },
    body: JSON.stringify({ query, variables }),
  };
}

const ROUNDS = 7;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'small',
    title: 'Small hit from memory',
    servers: ['bare-map', ...MEMORY_PEERS, 'larder-fastify-memory', 'larder-http-memory'],
    requests: (world) => [ask(world.shop, SMALL, { variables: { id: world.medicineId } })],
    copied: 'larder-fastify-memory',
    rounds: ROUNDS,
  },
  {
    name: 'small-redis',
    title: 'Small hit from Redis',
    servers: ['bare-redis', ...REDIS_PEERS, 'larder-fastify-redis-alone', 'larder-http-redis-alone', 'larder-fastify-redis'],
    requests: (world) => [ask(world.shop, SMALL, { variables: { id: world.medicineId } })],
    copied: 'larder-fastify-redis-alone',
    rounds: ROUNDS,
  },
  {
    name: 'large',
    title: '80 KB hit from memory',
    servers: ['bare-map', ...MEMORY_PEERS, 'larder-fastify-memory', 'larder-http-memory'],
    requests: (world) => [ask(world.shop, LARGE)],
    copied: 'larder-fastify-memory',
    rounds: ROUNDS,
  },
  {
    name: 'large-compressed',
    title: '80 KB hit from memory, compressed',
    servers: ['bare-map', 'larder-fastify-memory', 'larder-http-memory'],
    requests: (world) => [ask(world.shop, LARGE, { headers: { 'accept-encoding': 'gzip, br' } })],
    copied: 'larder-fastify-memory',
    rounds: ROUNDS,
  },
  {
    name: 'mixed',
    title: 'Three root fields, one never cached',
    servers: ['bare-statement', ...MEMORY_PEERS, 'mercurius-cache-redis', 'larder-fastify-memory', 'larder-http-memory', 'larder-fastify-redis'],
    requests: (world) => [ask(world.shop, MIXED, { variables: { id: world.medicineId } })],
    copied: 'larder-fastify-memory',
    rounds: ROUNDS,
  },
  {
    name: 'nested',
    title: 'List of 50 with never-cached stock in it',
    servers: ['apollo', 'yoga-cache-memory', 'mercurius-cache-memory', 'larder-fastify-memory', 'larder-http-memory', 'larder-fastify-redis', 'larder-fastify-off'],
    requests: (world) => [ask(world.shop, NESTED)],
    rounds: ROUNDS,
  },
  {
    name: 'miss',
    title: 'Miss, every level cold: another viewer, tenant and key each time',
    servers: ['larder-fastify-off', 'larder-fastify-memory', 'larder-fastify-redis', 'larder-http-memory', 'larder-http-redis', 'larder-http-off'],
    requests: (world) => world.kiosks.map((kiosk) => ask(kiosk, MISS, { variables: { id: kiosk.medicineId } })),
    once: true,
    rounds: 9,
  },
  {
    name: 'miss-known',
    title: 'Miss of a known viewer: another key each time',
    servers: ['apollo', 'larder-fastify-memory', 'larder-fastify-redis', 'larder-fastify-off', 'larder-http-memory', 'larder-http-redis', 'larder-http-off'],
    requests: (world) => world.warehouse.medicineIds.map((id) => ask(world.warehouse, MISS, { variables: { id } })),
    once: true,
    rounds: 9,
  },
];
