import type { GraphQLSchema } from 'graphql';
import type { CacheAudit } from '../cache/graphql/index.js';
import type { ImportReport } from '../database/seed/import-catalogue.js';
import type { SeedReport } from '../database/seed/seed-demo.js';
import { auditText, inSeconds } from './audit-text.js';
import { CommandError } from './command-error.js';
import { printSchema } from './print-schema.js';
import type { ProbeResult } from './probe.js';
import type { PurgeRequest } from './purge-tags.js';
import { ask, askHealth, type Fetch, type Remote } from './remote.js';
import { statsText, type StatsData } from './stats-text.js';
import { table } from './table.js';

/** What commands do on this machine, without a server; from the composition root. */
export interface LocalSystem {
  /** Starts the server, which runs until the process is told to stop. */
  serve(): Promise<void>;
  migrate(): Promise<{ readonly applied: number }>;
  /** Imports the catalogue; with `demo`, opens the demo pharmacies. Shows its progress itself. */
  seed(options: { readonly demo: boolean }): Promise<{ readonly catalogue: ImportReport; readonly demo: SeedReport | null }>;
  /** An account that may do everything everywhere. */
  createAdmin(account: NewAdmin): Promise<{ readonly id: string; readonly email: string }>;
  /** Writes, reads and deletes a value at each layer. */
  probe(): Promise<readonly ProbeResult[]>;
}

export interface NewAdmin {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** What a command has to say: for people, and as data for scripts. */
export interface Outcome {
  readonly text: string;
  readonly data: unknown;
  readonly exitCode?: 0 | 1;
}

export async function migrateCommand(system: Pick<LocalSystem, 'migrate'>): Promise<Outcome> {
  const { applied } = await system.migrate();
  return { text: applied === 0 ? 'The schema is up to date.' : `Applied ${applied} migration${applied === 1 ? '' : 's'}.`, data: { applied } };
}

/** Of the rows that could not be used, so many are shown; `--json` has all. */
const MALFORMED_SHOWN = 20;

export async function seedCommand(
  system: () => Promise<Pick<LocalSystem, 'seed'>>,
  { demo, production }: { readonly demo: boolean; readonly production: boolean },
): Promise<Outcome> {
  if (demo && production) {
    throw new CommandError('Demo accounts are refused while NODE_ENV is "production": everyone knows their password.', 'DEMO_ACCOUNTS_REFUSED');
  }
  const report = await (await system()).seed({ demo });
  const { products, lines, malformed } = report.catalogue;
  const text = [`Catalogue: ${products} products from ${lines} lines; lines that could not be used: ${malformed.length}.`];
  for (const { line, reason } of malformed.slice(0, MALFORMED_SHOWN)) text.push(`  line ${line}: ${reason}`);
  if (malformed.length > MALFORMED_SHOWN) text.push(`  and ${malformed.length - MALFORMED_SHOWN} more`);
  if (report.demo !== null) text.push(`Demo: ${report.demo.medicines} medicines and ${report.demo.accounts} accounts were added.`);
  return { text: text.join('\n'), data: report };
}

export function schemaCommand(schema: GraphQLSchema): Outcome {
  const sdl = printSchema(schema);
  return { text: sdl.trimEnd(), data: { sdl } };
}

export function auditCommand(audit: CacheAudit): Outcome {
  const data = { ...audit, places: audit.places.map(inSeconds) };
  return { text: auditText(audit), data, exitCode: audit.contradictions.length === 0 ? 0 : 1 };
}

const FIGURES = 'hits stale misses joins bypasses loads averageLoadMilliseconds sets skips errors hitRate';

const STATS = `query CacheStats {
  cacheStats {
    verdict since
    totals { ${FIGURES} invalidations missReasons { absent expired invalidated epoch trimmed pending alone } }
    byLayer { layer ${FIGURES} }
    byProfile { profile ${FIGURES} }
    byType { layer type profile ${FIGURES} }
    byTenant { tenant ${FIGURES} invalidations }
    memory { entries bytes maxBytes evictions }
    redis { healthy version usedMemory maxMemory clients keys evictedKeys hits misses timeouts errors }
    ledger { kind epoch position tags pending trusted lag }
    comparisons { compared diverged }
  }
}`;

export async function statsCommand(remote: Remote, options: { readonly fetch?: Fetch } = {}): Promise<Outcome> {
  const { cacheStats } = (await ask(remote, STATS, options)) as { cacheStats: StatsData };
  return { text: statsText(cacheStats), data: cacheStats };
}

const PURGE = 'mutation CachePurge($input: CachePurgeInput!) { cachePurge(input: $input) { tags tables left reached { entries examined } position } }';

export async function purgeCommand(remote: Remote, request: PurgeRequest, options: { readonly fetch?: Fetch } = {}): Promise<Outcome> {
  const { cachePurge } = (await ask(remote, PURGE, { ...options, variables: { input: request } })) as {
    cachePurge: { tags: string[]; left: string[]; reached: { entries: number; examined: number } | null; position: string };
  };
  const { tags, left, reached, position } = cachePurge;
  const lines = [
    ...tags.map((tag) => `purged ${tag}`),
    ...(left.length === 0 ? [] : [`left, since all tenants share them: ${left.join(', ')}`]),
    ...(reached === null ? [] : [`reached ${reached.entries === 0 ? 'none' : String(reached.entries)} of ${reached.examined} values in the memory of the node that answered`]),
    `at ${position}`,
  ];
  return { text: lines.join('\n'), data: cachePurge };
}

export async function healthCommand(remote: Pick<Remote, 'url'>, options: { readonly fetch?: Fetch } = {}): Promise<Outcome> {
  const { ready, status, report } = await askHealth(remote, options);
  const details = typeof report === 'string' ? report : JSON.stringify(report, null, 2);
  return { text: `${ready ? 'ready' : `not ready (${status})`}\n${details}`.trimEnd(), data: { ready, status, report }, exitCode: ready ? 0 : 1 };
}

export async function probeCommand(system: Pick<LocalSystem, 'probe'>): Promise<Outcome> {
  const results = await system.probe();
  const rows = results.flatMap(({ layer, milliseconds: took }) => (took === null ? [] : [[layer, ...[took.write, took.read, took.delete].map((ms) => ms.toFixed(2))]]));
  const failures = results.flatMap(({ layer, error }) => (error === null ? [] : [`${layer}: ${error}`]));
  const text = [...(rows.length === 0 ? [] : [table(['milliseconds', 'write', 'read', 'delete'], rows)]), ...failures].join('\n');
  return { text, data: { layers: results }, exitCode: failures.length === 0 ? 0 : 1 };
}

export async function createAdminCommand(system: Pick<LocalSystem, 'createAdmin'>, account: NewAdmin): Promise<Outcome> {
  const created = await system.createAdmin(account);
  return { text: `${created.email} may administrate the platform.`, data: created };
}
