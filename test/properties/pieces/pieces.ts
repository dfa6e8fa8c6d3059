import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { cacheFields } from '../../../src/cache/graphql/index.js';
import type { Choices } from '../choices.js';
import { MeaningGenerator } from '../documents/generator.js';
import { fieldsOf } from '../documents/meaning.js';
import { spell, type SpelledQuery, type SpelledRoot } from '../documents/speller.js';
import { anybody, dependenceOf, type WhoAsks } from '../keys/askers.js';
import { anotherSchema } from '../keys/known-schemas.js';
import type { Failure, Figures, Property } from '../property.js';
import { resolveEverything } from '../synthetic/resolvers.js';
import { NEVER_STORED, READS_OPERATION, SYNTHETIC_SCALARS } from '../synthetic/schema.js';
import { World } from '../synthetic/world.js';
import { difference } from './compare.js';
import { cachingOptions, Engine, type EngineAnswer } from './engine.js';

interface Case {
  readonly world: World;
  readonly engine: Engine;
  readonly roots: readonly SpelledRoot[];
}

interface Step {
  readonly name: string;
  readonly asked: SpelledQuery;
  readonly roots: readonly SpelledRoot[];
  readonly who: WhoAsks;
  /** Whether a root field has to come from the cache, where it may be stored at all; null: that is not known. */
  readonly isHit: ((root: SpelledRoot) => boolean) | null;
}

const TYPES_TO_ASK_FOR = ['Part', 'Thing', 'Either', 'Color', 'Inner', 'Day', 'nothing'];

/** The pieces of an answer, joined, are what graphql-js answers; and what is stored runs no resolver. */
export class Pieces implements Property {
  readonly cases = 'queries';
  readonly #known = anotherSchema();
  readonly #schema: GraphQLSchema;
  readonly #generator: MeaningGenerator;
  readonly #counts = { steps: 0, inPieces: 0, roots: 0, stored: 0, hits: 0, withErrors: 0, withoutData: 0, calls: 0, callsInPieces: 0 };

  /** @param withFieldCache with the values of resolvers cached, too: then fewer of them may run. */
  constructor(
    readonly name: string,
    private readonly withFieldCache: boolean,
  ) {
    this.#schema = this.#known.schema;
    resolveEverything(this.#schema);
    if (withFieldCache) cacheFields(this.#schema, cachingOptions);
    this.#generator = new MeaningGenerator({
      schema: this.#schema,
      scalars: SYNTHETIC_SCALARS,
      depth: 4,
      introspection: true,
      argument: (coordinate, choices) => (coordinate === 'Query.__type.name' ? choices.pick(TYPES_TO_ASK_FOR) : undefined),
    });
  }

  async check(choices: Choices): Promise<Failure | null> {
    const world = new World(choices.seed());
    const roots = this.#roots(choices);
    const asked = spell(choices, this.#schema, roots);
    const who = anybody(choices, this.#known);
    const engine = await Engine.open(this.#schema, world);
    const one: Case = { world, engine, roots };
    const step = (name: string, of: Partial<Step> = {}) => this.#step(one, { name, asked, roots, who, isHit: null, ...of });

    const cold = await step('cold', { isHit: () => false });
    if (cold !== null) return cold;
    const rows = [...world.read].sort();
    const warm = await step('warm', { isHit: () => true });
    if (warm !== null) return warm;
    for (const other of ['another', 'a third']) {
      const failure = await step(`by ${other}`, { who: { ...anybody(choices, this.#known), tenant: who.tenant } });
      if (failure !== null) return failure;
    }
    // A part of the same, written otherwise and under other names.
    const renamed = choices.some(roots).map(({ field }, at) => ({ field, responseName: `r${at}` }));
    const part = await step('a part of it', { asked: spell(choices, this.#schema, renamed), roots: renamed, isHit: () => true });
    if (part !== null) return part;
    await engine.change(rows.filter(() => choices.chance(0.2)), who);
    return (await step('after a change')) ?? (await step('warm again', { isHit: () => true })) ?? (await step('in another tenant', { who: { ...who, tenant: 'elsewhere' } }));
  }

  figures(): Figures {
    const { steps, inPieces, roots, stored, hits, withErrors, withoutData, calls, callsInPieces } = this.#counts;
    return {
      'answers compared': steps,
      'of them in pieces': inPieces,
      'of them with errors': withErrors,
      'of them without data': withoutData,
      'root fields': roots,
      'of them known to be stored, and run by no resolver': stored,
      'pieces from the cache': hits,
      'calls of resolvers by plain execution': calls,
      'calls of resolvers by the engine': callsInPieces,
    };
  }

  #roots(choices: Choices): readonly SpelledRoot[] {
    const roots: SpelledRoot[] = [];
    do {
      const isCopy = roots.length > 0 && choices.chance(0.1);
      const field = isCopy ? structuredClone(choices.pick(roots).field) : this.#generator.rootField(choices);
      const wanted = choices.chance(0.2) ? choices.pick(['a', 'b', '__proto__', 'constructor', '__typename', 'id']) : field.name;
      const isTaken = roots.some(({ responseName }) => responseName === wanted);
      roots.push({ field, responseName: isTaken ? `${wanted}${roots.length}` : wanted });
    } while (roots.length < 6 && choices.chance(0.6));
    return roots;
  }

  async #step({ world, engine }: Case, step: Step): Promise<Failure | null> {
    const { asked, who } = step;
    world.pass();
    const plain = await engine.plain(asked, who);
    const plainCalls = new Map(world.calls);
    // Time stands still between the two.
    world.calls.clear();
    const answer = await engine.inPieces(asked, who);
    this.#count(plain, answer, { plainCalls, calls: world.calls });
    const wrong = (await this.#difference(engine, step, { plain, answer })) ?? (this.withFieldCache ? null : this.#wrongCalls(step, { plain, plainCalls, world }));
    if (wrong === null) return null;
    const text = [asked.query, `variables ${JSON.stringify(asked.variables)}, operation ${asked.operationName ?? 'any'}`, `asked by ${JSON.stringify(who)}`, wrong].join('\n');
    return { kind: `${step.name}: ${wrong.split('\n')[0]?.split(' ')[0]}`, text: `${step.name}\n${text}` };
  }

  async #difference(engine: Engine, { asked, roots, who }: Step, { plain, answer }: { readonly plain: ExecutionResult; readonly answer: EngineAnswer }): Promise<string | null> {
    const wrong = difference(plain, answer);
    if (wrong === null || plain.data !== null) return wrong;
    const errors = await engine.errorsWithoutData(asked, who, roots.map(({ responseName }) => responseName));
    return difference({ ...plain, errors }, answer);
  }

  /** Which root fields ran resolvers that should not have, or the other way round. */
  #wrongCalls({ roots, who, isHit }: Step, { plain, plainCalls, world }: { readonly plain: ExecutionResult; readonly plainCalls: ReadonlyMap<string, number>; readonly world: World }): string | null {
    // Without data nobody can tell which of the root fields went well.
    if (isHit === null || plain.data === null || plain.data === undefined) return null;
    for (const root of roots) {
      const { responseName, field } = root;
      const [expected, found] = [plainCalls.get(responseName) ?? 0, world.calls.get(responseName) ?? 0];
      if (expected === 0 || world.tightened.has(responseName) || fieldsOf(field).some(({ parent, name }) => READS_OPERATION.has(`${parent}.${name}`))) continue;
      const isStored = this.#isStored(root, who, plain);
      if (isStored && isHit(root)) {
        this.#counts.stored++;
        if (found > 0) return `calls of resolvers: ${found} for ${responseName}, which is stored`;
        continue;
      }
      // One that is asked for twice is loaded once.
      const isCopy = isStored && roots.some((other) => other !== root && other.field.name === field.name);
      if (found !== expected && !(isCopy && found === 0)) return `calls of resolvers: ${found} for ${responseName}, and ${expected} in plain execution`;
    }
    return null;
  }

  /** By what the schema says, and whether it went well. */
  #isStored({ field, responseName }: SpelledRoot, who: WhoAsks, { errors = [] }: ExecutionResult): boolean {
    if (errors.some(({ path }) => path?.[0] === responseName)) return false;
    if (fieldsOf(field).some(({ parent, name }) => NEVER_STORED.has(`${parent}.${name}`))) return false;
    if (field.name === 'opaque' && field.args['of'] !== undefined && field.args['of'] !== null) return false;
    return !dependenceOf(this.#known, field).isPrivate || who.viewer !== null;
  }

  #count(plain: ExecutionResult, { isInPieces, hits }: EngineAnswer, { plainCalls, calls }: { readonly plainCalls: ReadonlyMap<string, number>; readonly calls: ReadonlyMap<string, number> }): void {
    const counts = this.#counts;
    const sum = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((total, count) => total + count, 0);
    counts.steps++;
    if (isInPieces) counts.inPieces++;
    if (plain.errors !== undefined) counts.withErrors++;
    if (plain.data === null || plain.data === undefined) counts.withoutData++;
    counts.roots += plainCalls.size;
    counts.hits += hits;
    counts.calls += sum(plainCalls);
    counts.callsInPieces += sum(calls);
  }
}
