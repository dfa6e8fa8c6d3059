import { Random } from '../model/random.js';

/** One choice is a whole number below this. */
const RANGE = 2 ** 16;

/**
 * Where everything random of one case comes from: a list of numbers, drawn as they are needed. What was drawn can be played
 * again, and made smaller: the smaller a number, the plainer what is made of it, and past the end of a list all are 0.
 */
export class Choices {
  readonly drawn: number[] = [];

  private constructor(private readonly source: () => number) {}

  static random(seed: number, index: number): Choices {
    const random = new Random(Math.imul(seed, 1_000_003) ^ index);
    return new Choices(() => random.below(RANGE));
  }

  static replay(list: readonly number[]): Choices {
    let at = 0;
    return new Choices(() => list[at++] ?? 0);
  }

  /** A source of its own, made of one choice: for what is to be made twice in the same way. */
  derived(seed: number): Choices {
    return seed === 0 ? Choices.replay([]) : Choices.random(seed, RANGE);
  }

  /** A whole number from 0, less than the limit. */
  below(limit: number): number {
    const choice = this.source();
    this.drawn.push(choice);
    return Math.floor((choice / RANGE) * limit);
  }

  chance(probability: number): boolean {
    return this.below(RANGE) >= RANGE * (1 - probability);
  }

  /** The first is the plainest. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.below(from.length)] as T;
  }

  /** At least one of them, in their order. */
  some<T>(from: readonly T[]): readonly T[] {
    const kept = from.filter(() => this.chance(0.5));
    return kept.length > 0 || from.length === 0 ? kept : [this.pick(from)];
  }

  shuffled<T>(from: readonly T[]): readonly T[] {
    const left = [...from];
    const shuffled: T[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.below(left.length), 1));
    return shuffled;
  }

  /** For `derived`. */
  seed(): number {
    return this.below(RANGE);
  }
}
