import { canonical } from '../../lib/canonical.js';
import { digest } from '../../lib/digest.js';
import { CacheError } from './errors.js';
import { NOTHING, type Without } from './mechanisms.js';
import { EVERYTHING, GLOBAL, tags, type Partition, type Tag } from './tags.js';

declare const keyBrand: unique symbol;
export type CacheKey = string & { readonly [keyBrand]: true };

/** The floors of the house: a request asks them from the top. `value` is what applications cache through the door. */
export type Layer = 'response' | 'field' | 'list' | 'entity' | 'value';

/** What is cached, apart from the arguments it was asked with. */
export interface Subject {
  readonly layer: Layer;
  /** Unique within the layer: `Query.medicines`, `medicine`, `medicinesInCategory`. */
  readonly name: string;
  /** Changes when the stored shape or meaning does: a hash of schema and policy, of the table's shape, a build id. */
  readonly version: string;
  readonly profile?: string;
  /** Fields and profiles that are part of the value: purging one of them is meant for it, too. */
  readonly contains?: { readonly fields: readonly string[]; readonly profiles: readonly string[] };
}

/** Everything that an entry is, known before it is looked up. */
export interface Identity {
  readonly key: CacheKey;
  readonly subject: Subject;
  readonly partition: Partition;
  /** Tags that follow from what the entry is: its partition, and what administrators purge by. */
  readonly implied: readonly Tag[];
}

/** The partition that a key under the prefix belongs to, or null for a text that is no key of ours. */
export function partitionOfKey(key: string, prefix: string): string | null {
  const start = prefix.length + 1;
  if (!key.startsWith(prefix) || key[prefix.length] !== ':') return null;
  const end = key.indexOf(':', start);
  return end < 0 ? null : key.slice(start, end);
}

/** So many identities are remembered, of texts that are no longer than so many characters: a few megabytes (C4). */
const REMEMBERED = 10_000;
const REMEMBERED_LENGTH = 200;

/** Makes identities for one database: two databases behind one Redis never meet. */
export class Identities {
  readonly #known = new Map<string, Identity>();
  /** Short names for subjects, by which they are told apart here. */
  readonly #numbers = new WeakMap<Subject, number>();
  #lastNumber = 0;
  readonly #implied = new WeakMap<Subject, Map<Partition, readonly Tag[]>>();

  constructor(
    /** Namespace in a store that others use too. */
    private readonly prefix: string,
    private readonly databaseId: string,
    private readonly without: Without = NOTHING,
  ) {}

  /**
   * @param about all that distinguishes this entry from others of its subject and partition: arguments, language,
   *   permissions, viewer. Typed, injective, canonical (P5): the order of its outermost members makes no difference. The order
   *   of inner members does, since they may belong to a JSON value whose order is significant.
   */
  of(subject: Subject, partition: Partition, about: unknown): Identity {
    // The type says so already; JavaScript callers and casts are refused here (P2).
    if (!partition) throw new CacheError('CACHE_PARTITION_INVALID', `${subject.layer} ${subject.name} was asked for without a partition`);
    const asked = { about, text: canonical(about, 'outer') };
    const { text } = asked;
    if (text.length > REMEMBERED_LENGTH) return this.#make(subject, partition, asked);
    const name = `${this.#numberOf(subject)} ${partition} ${text}`;
    let identity = this.#known.get(name);
    if (identity !== undefined) return identity;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(name, (identity = this.#make(subject, partition, asked)));
    return identity;
  }

  #numberOf(subject: Subject): number {
    let number = this.#numbers.get(subject);
    if (number === undefined) this.#numbers.set(subject, (number = ++this.#lastNumber));
    return number;
  }

  #make(subject: Subject, partition: Partition, { about, text }: { readonly about: unknown; readonly text: string }): Identity {
    // Subject and version stand inside the digest, too: the readable part is for people and may be ambiguous.
    const whose = this.without.has('partition-in-key') ? GLOBAL : partition;
    const told = this.without.has('typed-keys') ? JSON.stringify([about]).replaceAll('"', '') : text;
    const hash = digest(canonical([this.databaseId, subject.layer, subject.name, subject.version, whose, told]));
    const key = `${this.prefix}:${whose}:${subject.layer}:${subject.name}:${hash}` as CacheKey;
    return { key, subject, partition, implied: this.#impliedBy(subject, partition, key) };
  }

  #impliedBy(subject: Subject, partition: Partition, key: CacheKey): readonly Tag[] {
    let byPartition = this.#implied.get(subject);
    if (byPartition === undefined) this.#implied.set(subject, (byPartition = new Map<Partition, readonly Tag[]>()));
    let shared = byPartition.get(partition);
    if (shared === undefined) {
      const { name, profile, contains = { fields: [], profiles: [] } } = subject;
      const fields = new Set([name, ...contains.fields]);
      const profiles = new Set([...(profile === undefined ? [] : [profile]), ...contains.profiles]);
      shared = [
        EVERYTHING,
        tags.partition(partition),
        ...[...fields].flatMap((field) => [tags.field(null, field), tags.field(partition, field)]),
        ...[...profiles].flatMap((named) => [tags.profile(null, named), tags.profile(partition, named)]),
      ];
      byPartition.set(partition, shared);
    }
    return [...shared, tags.key(key)];
  }
}
