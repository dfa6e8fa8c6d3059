import { Counter, Gauge, type Registry } from 'prom-client';
import type { TierStats } from '../cache/index.js';
import type { Admin } from './admin.js';
import type { TypeFigures } from './cache-statistics.js';

const OUTCOMES = ['hits', 'stale', 'misses', 'joins', 'bypasses', 'sets', 'skips', 'errors'] as const;

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/**
 * Adds what the cache has done and how it is to the metrics of this process. Read when somebody asks, so that counting costs
 * no request anything. Labels are layers, profiles and outcomes, of which there are few: never tenants, types or keys (C4).
 */
export function measureCache(registry: Registry, admin: Pick<Admin, 'cache' | 'statistics' | 'profiles'>): void {
  const registers = [registry];
  const { cache, statistics } = admin;
  const profiles = new Set(admin.profiles);
  const labels = ({ layer, profile }: TypeFigures) => ({ layer, profile: profile !== null && profiles.has(profile) ? profile : 'none' });
  const counter = ({ name, help, labelNames }: Described, count: (counter: Counter, type: TypeFigures) => void): void => {
    new Counter({
      name: `larder_cache_${name}`,
      help,
      labelNames: ['layer', 'profile', ...labelNames],
      registers,
      collect() {
        this.reset();
        for (const type of statistics.typesOf(null)) count(this, type);
      },
    });
  };
  counter({ name: 'operations_total', help: 'What became of look-ups and loads.', labelNames: ['outcome'] }, (total, type) => {
    for (const outcome of OUTCOMES) total.inc({ ...labels(type), outcome }, type.figures[outcome]);
  });
  counter({ name: 'misses_total', help: 'Misses by their reason.', labelNames: ['reason'] }, (total, type) => {
    for (const [reason, count] of Object.entries(type.figures.missReasons)) total.inc({ ...labels(type), reason }, count);
  });
  counter({ name: 'loads_total', help: 'Loads from the database.', labelNames: [] }, (total, type) => total.inc(labels(type), type.figures.loads));
  counter({ name: 'load_seconds_total', help: 'Time that loads took.', labelNames: [] }, (total, type) =>
    total.inc(labels(type), type.figures.loadMilliseconds / 1_000),
  );

  new Counter({
    name: 'larder_cache_invalidated_tags_total',
    help: 'Tags that were invalidated, and those that could not be in time.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      this.inc({ result: 'done' }, statistics.invalidations);
      this.inc({ result: 'failed' }, statistics.invalidationsFailed);
    },
  });
  new Counter({
    name: 'larder_cache_comparisons_total',
    help: 'Hits that were executed again, and whether they differed from their source though nothing had invalidated them.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      this.inc({ result: 'same' }, statistics.compared - statistics.diverged);
      this.inc({ result: 'diverged' }, statistics.diverged);
    },
  });
  measureLedger(registry, cache);
  measureStores(registry, cache);
}

function measureLedger(registry: Registry, { ledger }: Admin['cache']): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({ name: `larder_ledger_${name}`, help, registers: [registry], collect() { this.set(read()); } });
  };
  gauge('position', 'Position of this node in the ledger.', () => ledger.report().position);
  gauge('lag_seconds', 'Time since this node last knew everything; -1 when it never did.', () => {
    const { lag } = ledger.report();
    return lag < 0 ? -1 : lag / 1_000;
  });
  gauge('pending_tags', 'Tags whose change is committed and not in the ledger yet.', () => ledger.report().pending);
  gauge('tags', 'Tags that are remembered.', () => ledger.report().tags);
  gauge('trusted', '1 while what is stored may be served.', () => Number(ledger.standing() === 'trusted'));
}

function measureStores(registry: Registry, { store }: Admin['cache']): void {
  const figures: readonly (readonly [name: string, help: string, read: (tier: TierStats) => number | null])[] = [
    ['entries', 'Entries in the store.', ({ entries }) => entries],
    ['bytes', 'Bytes of the store; of Redis, all that it uses.', ({ bytes, server }) => bytes ?? server?.usedMemory ?? null],
    ['max_bytes', 'Bytes that the store may take.', ({ maxBytes, server }) => maxBytes ?? server?.maxMemory ?? null],
    ['evictions', 'Entries that made room for others, since the store began.', ({ evictions, server }) => evictions ?? server?.evictedKeys ?? null],
    ['up', '1 for a store that answers.', ({ kind, server }) => Number(kind === 'memory' || server !== undefined)],
    ['healthy', '0 while the store is not asked, because it failed lately.', ({ healthy }) => Number(healthy)],
    ['timeouts', 'Calls that this node gave up at their deadline.', ({ timeouts }) => timeouts],
    ['errors', 'Calls of this node that failed.', ({ errors }) => errors],
  ];
  // One question for all of them, which are collected at the same time.
  let asked: Promise<readonly TierStats[]> | null = null;
  const tiers = (): Promise<readonly TierStats[]> =>
    (asked ??= store
      .stats()
      .then((stats) => stats.tiers)
      .finally(() => (asked = null)));
  for (const [name, help, read] of figures) {
    new Gauge({
      name: `larder_store_${name}`,
      help,
      labelNames: ['store'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const tier of await tiers()) {
          const value = read(tier);
          if (value !== null) this.set({ store: tier.kind }, value);
        }
      },
    });
  }
}
