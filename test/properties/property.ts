import { Choices } from './choices.js';
import { shrink } from './shrink.js';

/** What is wrong with a case. Cases that fail by the same `kind` are taken for the same failure. */
export interface Failure {
  readonly kind: string;
  /** The case, and what came of it, in words. */
  readonly text: string;
}

/** Numbers that can be added to those of other runs, by what they count. */
export type Figures = Readonly<Record<string, number>>;

/** Something that holds for every case, however it was chosen. */
export interface Property {
  readonly name: string;
  /** What cases are called: `pairs of documents`. */
  readonly cases: string;
  /** @returns null when it holds. What is thrown is a failure, too. */
  check(choices: Choices): Promise<Failure | null>;
  /** What was counted while checking. */
  figures(): Figures;
  /** False where a case changes what later ones find, so that it cannot be tried again. */
  readonly canShrink?: boolean;
  close?(): Promise<void>;
}

export interface Run {
  readonly seed: number;
  readonly count: number;
  /** The first case. */
  readonly from?: number;
  /** Called after each case. */
  readonly onCase: () => void;
  readonly print: (line: string) => void;
}

/** A case for which a property does not hold. */
export interface CounterExample extends Failure {
  readonly index: number;
  /** The case from which on it has to be checked again: an earlier one, where what is found depends on it. */
  readonly from: number;
}

/** Checks cases until one fails. */
export async function run(property: Property, { seed, count, from = 0, onCase, print }: Run): Promise<CounterExample | null> {
  for (let index = from; index < from + count; index++) {
    const choices = Choices.random(seed, index);
    const failure = await checked(property, choices);
    onCase();
    if (failure === null) continue;
    print(`${property.name}: case ${index} of seed ${seed} fails (${failure.kind})${property.canShrink === false ? '' : '; looking for a smaller one'}`);
    return property.canShrink === false ? { index, from, ...failure } : { index, from: index, ...(await smallest(property, choices, failure)) };
  }
  return null;
}

async function smallest(property: Property, { drawn }: Choices, failure: Failure): Promise<Failure> {
  const failureOf = (list: readonly number[]): Promise<Failure | null> => checked(property, Choices.replay(list));
  const list = await shrink(drawn, async (candidate) => (await failureOf(candidate))?.kind === failure.kind);
  return (await failureOf(list)) ?? failure;
}

async function checked(property: Property, choices: Choices): Promise<Failure | null> {
  try {
    return await property.check(choices);
  } catch (error) {
    return { kind: `threw ${error instanceof Error ? error.message.slice(0, 60) : 'something'}`, text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What is printed of a failure: seed, index, the case, and how to see it again. */
export function report(name: string, seed: number, { index, from, kind, text }: CounterExample): string {
  return [
    `${name} does not hold: ${kind}`,
    `seed ${seed}, index ${index}`,
    text,
    `again: npm run properties -- --only ${name} --seed ${seed} --from ${from} --count ${index - from + 1} --processes 1`,
  ].join('\n');
}
