import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { LookupBudget } from '../core/lookup-budget.js';
import type { Guard } from './guard.js';
import { UnhurriedCommands } from './unhurried.js';

/** A Keyv store that can tell partitions apart. */
export interface PartitionedStore extends KeyvStoreAdapter {
  clearPartition?(partition: string): Promise<void>;
}

/**
 * Any Keyv store behind a guard: an outage is a miss. No method rejects, and none takes longer than the deadline (D1).
 * The store has to tell failures by rejecting; stores that swallow them are never found to be failing.
 */
export class GuardedStore implements KeyvStoreAdapter {
  readonly opts = { dialect: 'guarded' };
  namespace?: string | undefined;

  constructor(
    private readonly store: PartitionedStore,
    private readonly guard: Guard,
    private readonly unhurried: UnhurriedCommands = new UnhurriedCommands(),
  ) {}

  get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    this.unhurried.send();
    return this.guard.read(() => this.store.get<Value>(key), undefined);
  }

  getMany<Value>(keys: readonly string[], budget?: LookupBudget): Promise<StoredData<Value | undefined>[]> {
    this.unhurried.send();
    const nothing = keys.map(() => undefined);
    const { store } = this;
    return this.guard.read<StoredData<Value | undefined>[]>(
      () => store.getMany?.<Value>([...keys]) ?? Promise.all(keys.map((key) => store.get<Value>(key))),
      nothing,
      budget,
    );
  }

  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.guard.write(async () => (await this.store.set(key, value, ttl)) !== false, false);
  }

  /** Nobody waits for it: what is sent later has its deadline from then on. */
  setMany(values: { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    const { store } = this;
    return this.unhurried.run(() =>
      this.guard.write(async () => {
        if (store.setMany !== undefined) await store.setMany(values);
        else await Promise.all(values.map(async ({ key, value, ttl }) => { await store.set(key, value, ttl); }));
      }, undefined),
    );
  }

  // What was to be stored before must not come after.
  delete(key: string): Promise<boolean> {
    this.unhurried.send();
    return this.guard.write(() => this.store.delete(key), false);
  }

  deleteMany(keys: readonly string[]): Promise<boolean> {
    this.unhurried.send();
    const { store } = this;
    return this.guard.write(
      async () => store.deleteMany?.([...keys]) ?? (await Promise.all(keys.map((key) => store.delete(key)))).some(Boolean),
      false,
    );
  }

  /** Takes as long as it takes: it walks through all keys, and an operator waits for it. */
  clear(): Promise<void> {
    return this.#walk(() => this.store.clear());
  }

  /** As `clear`, which is also what happens in a store that knows no partitions. */
  clearPartition(partition: string): Promise<void> {
    return this.#walk(() => this.store.clearPartition?.(partition) ?? this.store.clear());
  }

  /** Failures are counted by the guard; nobody need listen. */
  on(): this {
    return this;
  }

  async #walk(work: () => Promise<void>): Promise<void> {
    this.unhurried.send();
    if (!this.guard.healthy) return;
    try {
      await work();
    } catch {
      // As with every other outage: the guard finds out with the next look-up.
    }
  }
}
