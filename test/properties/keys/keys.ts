import type { Choices } from '../choices.js';
import { MeaningGenerator } from '../documents/generator.js';
import type { FieldMeaning } from '../documents/meaning.js';
import { NearMisses } from '../documents/near-misses.js';
import { spell, type SpelledQuery } from '../documents/speller.js';
import type { Scalars } from '../documents/values.js';
import type { Failure, Figures, Property } from '../property.js';
import { anybody, dependenceOf, somebodyElse, type KnownSchema, type WhoAsks } from './askers.js';
import { PieceKeys, type KeyedPiece } from './piece-keys.js';

export interface KeysOptions extends KnownSchema {
  readonly scalars?: Scalars;
  readonly without?: readonly string[];
}

/** Two questions, and whether their answers have to be the same. */
interface Pair {
  readonly kind: string;
  readonly isSame: boolean;
  readonly isAboutWho?: true;
  readonly sides: readonly [Side, Side];
}

interface Side {
  readonly spelled: SpelledQuery;
  readonly responseName: string;
  readonly who: WhoAsks;
}

const ALIASES = ['a', 'b', 'root', '__proto__', 'x1'];

/** P5: what means the same has one key, and what does not has two, however it is written. */
export class Keys implements Property {
  readonly name: string;
  readonly cases = 'pairs of documents';
  readonly #generator: MeaningGenerator;
  readonly #nearMisses: NearMisses;
  readonly #keys: PieceKeys;
  readonly #counts = new Map<string, { pairs: number; stored: number }>();

  constructor(private readonly known: KeysOptions) {
    this.name = known.name;
    this.#generator = new MeaningGenerator({ ...known, depth: 4 });
    this.#nearMisses = new NearMisses(known.schema, this.#generator.values);
    this.#keys = new PieceKeys(known);
  }

  async check(choices: Choices): Promise<Failure | null> {
    const pair = this.#pair(choices);
    const [one, other] = pair.sides.map(({ spelled, responseName, who }) => this.#keys.of(spelled, responseName, who)) as [KeyedPiece, KeyedPiece];
    this.#count(pair, one.isStored && other.isStored);
    // Who asks matters only for what is kept.
    if (pair.isAboutWho && !one.isStored && !other.isStored) return null;
    if (pair.isSame ? one.key === other.key : one.key === null || one.key !== other.key) return null;
    return { kind: pair.isSame ? `two keys for one meaning (${pair.kind})` : `one key for two meanings (${pair.kind})`, text: shown(pair, [one, other]) };
  }

  figures(): Figures {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([kind, { pairs, stored }]) => [
      [kind, pairs],
      [`${kind}: of pieces that are stored`, stored],
    ]));
  }

  #pair(choices: Choices): Pair {
    const isMiss = choices.chance(0.5);
    const meaning = this.#generator.rootField(choices);
    const who = anybody(choices, this.known);
    const dependence = dependenceOf(this.known, meaning);
    if (isMiss && choices.chance(0.2)) {
      const { kind, isOther, who: other } = somebodyElse(choices, this.known, { who, dependence });
      return { kind: isOther ? `another ${kind}` : `another ${kind}, of no importance`, isSame: !isOther, isAboutWho: true, sides: this.#written(choices, [meaning, who], [meaning, other]) };
    }
    const miss = isMiss ? this.#nearMisses.of(choices, meaning) : null;
    if (miss === null) return { kind: 'written otherwise', isSame: true, sides: this.#written(choices, [meaning, who], [meaning, who]) };
    const { kind, one, other } = miss;
    if (choices.chance(0.5)) return { kind, isSame: false, sides: this.#written(choices, [one, who], [other, who]) };
    // The same choices write both: nothing but the difference is different.
    const seed = choices.seed();
    const sides = [one, other].map((each) => this.#side(choices.derived(seed), [each, who])) as [Side, Side];
    return { kind, isSame: false, sides };
  }

  #written(choices: Choices, one: readonly [FieldMeaning, WhoAsks], other: readonly [FieldMeaning, WhoAsks]): readonly [Side, Side] {
    return [this.#side(choices, one), this.#side(choices, other)];
  }

  /** A document that asks for it, among other things. */
  #side(choices: Choices, [field, who]: readonly [FieldMeaning, WhoAsks]): Side {
    const responseName = choices.chance(0.4) ? choices.pick(ALIASES) : field.name;
    const others = Array.from({ length: choices.chance(0.25) ? 1 + choices.below(2) : 0 }, (_, at) => ({ responseName: `other${at}`, field: this.#generator.rootField(choices) }));
    const roots = choices.shuffled([{ responseName, field }, ...others]);
    return { spelled: spell(choices, this.known.schema, roots), responseName, who };
  }

  #count({ kind, isSame }: Pair, isStored: boolean): void {
    const name = `${isSame ? 'same' : 'different'}: ${kind}`;
    const count = this.#counts.get(name) ?? { pairs: 0, stored: 0 };
    count.pairs++;
    if (isStored) count.stored++;
    this.#counts.set(name, count);
  }
}

function shown({ sides }: Pair, keys: readonly KeyedPiece[]): string {
  return sides
    .map(({ spelled, responseName, who }, at) => [`${responseName} of`, spelled.query, `variables ${JSON.stringify(spelled.variables)}, operation ${spelled.operationName ?? 'any'}`, `asked by ${JSON.stringify(who)}`, `key ${keys[at]?.key}`].join('\n'))
    .join('\n\n');
}
