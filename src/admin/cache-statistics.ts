import { GLOBAL, type CacheEvent, type CacheListener, type Identity, type Layer, type Tag } from '../cache/index.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { Figures } from './figures.js';
import { partitionOf } from './tag-forms.js';

/** Above so many partitions or subjects, further ones are counted together: what clients send cannot grow this (C4). */
export const MAX_TENANTS = 500;
export const MAX_TYPES_PER_TENANT = 500;

/** Name of what is counted together. */
export const OTHER = 'other';

/** Figures of one cached thing (a field, a loader, a list) in one partition. */
export interface TypeFigures {
  readonly layer: Layer;
  readonly name: string;
  readonly profile: string | null;
  readonly figures: Figures;
}

interface TenantCounts {
  /** Tags of the partition that were invalidated. */
  invalidations: number;
  types: number;
  readonly byLayer: Map<Layer, Map<string, TypeFigures>>;
}

/**
 * Counts what the engine reports, by partition and subject; sums are made when somebody asks. It listens on the path
 * of every hit: an event costs three look-ups in maps and an addition, and allocates nothing once its subject is known.
 */
export class CacheStatistics {
  readonly since: Date;
  /** Tags that were invalidated, those that span partitions too. */
  invalidations = 0;
  invalidationsFailed = 0;
  /** Hits that were executed again, and those among them that differed though nothing had invalidated them. */
  compared = 0;
  diverged = 0;
  readonly #tenants = new Map<string, TenantCounts>();

  constructor(
    clock: Clock = systemClock,
    private readonly maxTenants = MAX_TENANTS,
  ) {
    this.since = new Date(clock.now());
    // Never among the others, however late its first look-up.
    this.#tenants.set(GLOBAL, emptyCounts());
  }

  /** To be given to `cache.events.on`. */
  readonly listener: CacheListener = (event: CacheEvent): void => {
    switch (event.type) {
      case 'hit':
        if (event.freshness === 'fresh') this.#of(event.of).hits++;
        else this.#of(event.of).stale++;
        return;
      case 'miss': {
        const figures = this.#of(event.of);
        figures.misses++;
        figures.missReasons[event.reason]++;
        return;
      }
      case 'load': {
        const figures = this.#of(event.of);
        figures.loads++;
        figures.loadMilliseconds += event.milliseconds;
        return;
      }
      case 'join':
        this.#of(event.of).joins++;
        return;
      case 'bypass':
        this.#of(event.of).bypasses++;
        return;
      case 'store':
        this.#of(event.of).sets++;
        return;
      case 'skip':
        this.#of(event.of).skips++;
        return;
      case 'error':
        this.#of(event.of).errors++;
        return;
      case 'compare':
        this.compared++;
        return;
      case 'diverge':
        this.diverged++;
        return;
      case 'invalidate':
        this.#countTags(event.tags);
        return;
      case 'invalidate-failed':
        this.invalidationsFailed++;
    }
  };

  /** The partitions that are counted apart, `global` and perhaps `other` among them. */
  get tenants(): readonly string[] {
    return [...this.#tenants.keys()];
  }

  /** Whether the partition has, or would get, figures of its own. */
  countsApart(partition: string): boolean {
    return this.#tenants.has(partition) || !this.#isFull;
  }

  invalidationsOf(partition: string): number {
    return this.#tenants.get(partition)?.invalidations ?? 0;
  }

  /** Everything counted for one partition, or for all. */
  typesOf(partition: string | null): readonly TypeFigures[] {
    const counts = partition === null ? [...this.#tenants.values()] : [this.#tenants.get(partition) ?? emptyCounts()];
    return counts.flatMap(({ byLayer }) => [...byLayer.values()].flatMap((byName) => [...byName.values()]));
  }

  #of({ partition, subject }: Identity): Figures {
    const { layer, name } = subject;
    const counts = this.#tenant(partition);
    let byName = counts.byLayer.get(layer);
    if (byName === undefined) counts.byLayer.set(layer, (byName = new Map<string, TypeFigures>()));
    const known = byName.get(name);
    if (known !== undefined) return known.figures;
    if (counts.types < MAX_TYPES_PER_TENANT) {
      counts.types++;
      return add(byName, { layer, name, profile: subject.profile ?? null, figures: new Figures() });
    }
    return byName.get(OTHER)?.figures ?? add(byName, { layer, name: OTHER, profile: null, figures: new Figures() });
  }

  #tenant(partition: string): TenantCounts {
    const known = this.#tenants.get(partition);
    if (known !== undefined) return known;
    const name = this.#isFull ? OTHER : partition;
    let counts = this.#tenants.get(name);
    if (counts === undefined) this.#tenants.set(name, (counts = emptyCounts()));
    return counts;
  }

  get #isFull(): boolean {
    return this.#tenants.size >= this.maxTenants;
  }

  #countTags(tags: readonly Tag[]): void {
    this.invalidations += tags.length;
    for (const tag of tags) {
      const partition = partitionOf(tag);
      if (partition !== null) this.#tenant(partition).invalidations++;
    }
  }
}

function emptyCounts(): TenantCounts {
  return { invalidations: 0, types: 0, byLayer: new Map() };
}

function add(byName: Map<string, TypeFigures>, type: TypeFigures): Figures {
  byName.set(type.name, type);
  return type.figures;
}
