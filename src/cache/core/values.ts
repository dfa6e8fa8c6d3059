import type { Lookup } from './cache.js';
import { Collector } from './collector.js';
import type { Subject } from './key.js';
import type { Policy } from './policy.js';
import type { Reader } from './reader.js';
import { GLOBAL, tags as tagMakers, type Partition, type Tag } from './tags.js';

/** A value that is neither a row nor a list: an external API's answer, a report. A module constant. */
export interface ValueDefinition<Ask> {
  readonly name: string;
  /** Whose value: one per partition, or one that all share. */
  readonly partition: 'own' | 'global';
  readonly policy: Policy;
  /** Changes with the shape or the meaning of the value. Default `1`. */
  readonly version?: string;
  /** What the value depends on, apart from the readings of its load, which report themselves. */
  readonly tags?: (ask: Ask, own: Partition) => readonly Tag[];
}

const subjects = new WeakMap<object, Subject>();

/** What may be cached through the door: everything that is plain data. PRIVATE values need the viewer as part of `ask`. */
export class Values<Source> {
  constructor(private readonly reader: Reader<Source>) {}

  /**
   * The value, from the cache or else from `load`, which is called once however many ask (C2).
   * `load` reads through the reader it is given: what that reads, the value depends on.
   */
  async cached<Ask, T>(definition: ValueDefinition<Ask>, ask: Ask, load: (reader: Reader<Source>) => Promise<T>): Promise<T> {
    const { reader } = this;
    const lookup = this.#lookup(definition, ask);
    const entry = await reader.cache.read<T>(reader.request, lookup, async () => {
      const collector = this.#collector(definition, ask);
      return { value: await load(reader.within(collector)), collector };
    });
    return reader.take(entry);
  }

  /** The stored value, or undefined when there is none that may be served. */
  async get<Ask>(definition: ValueDefinition<Ask>, ask: Ask): Promise<unknown> {
    return (await this.getMany(definition, [ask]))[0];
  }

  async getMany<Ask>(definition: ValueDefinition<Ask>, asks: readonly Ask[]): Promise<readonly unknown[]> {
    const { reader } = this;
    const { cache, request } = reader;
    const entries = await cache.peekMany(request, asks.map((ask) => this.#lookup(definition, ask)));
    return entries.map((entry) => (entry === undefined ? undefined : reader.take(entry)));
  }

  /** Stores a value that was read after this request began: it carries the request's stamp (F1). */
  async set<Ask>(definition: ValueDefinition<Ask>, ask: Ask, value: unknown): Promise<void> {
    await this.setMany(definition, [{ ask, value }]);
  }

  async setMany<Ask>(definition: ValueDefinition<Ask>, values: readonly { readonly ask: Ask; readonly value: unknown }[]): Promise<void> {
    const { cache, request } = this.reader;
    await cache.write(
      request,
      values.map(({ ask, value }) => ({ ...this.#lookup(definition, ask), value, collector: this.#collector(definition, ask) })),
    );
  }

  /** Makes one value invalid, on every node: by its tag, since other nodes may hold it in memory. */
  async delete<Ask>(definition: ValueDefinition<Ask>, ask: Ask): Promise<void> {
    const { identity } = this.#lookup(definition, ask);
    await this.reader.cache.invalidate([tagMakers.key(identity.key)]);
    await this.reader.cache.store.deleteMany([identity.key]);
  }

  #lookup<Ask>(definition: ValueDefinition<Ask>, ask: Ask): Lookup {
    const { name, policy } = definition;
    let subject = subjects.get(definition);
    if (subject === undefined) {
      const { version = '1' } = definition;
      subject = { layer: 'value', name, version, ...(policy.profile === undefined ? {} : { profile: policy.profile }) };
      subjects.set(definition, subject);
    }
    const of = this.reader.partitionFor(definition.partition, name);
    return { identity: this.reader.cache.identities.of(subject, of, ask), policy };
  }

  #collector<Ask>(definition: ValueDefinition<Ask>, ask: Ask): Collector {
    const of = definition.partition === 'global' ? GLOBAL : this.reader.partitionFor('own', definition.name);
    const collector = new Collector(of);
    for (const tag of definition.tags?.(ask, of) ?? []) collector.tag(tag);
    return collector;
  }
}
