import { MeaningGenerator } from '../documents/generator.js';
import { spell, type SpelledQuery, type SpelledRoot } from '../documents/speller.js';
import { markTenants, type MarkedTenant } from '../../flow/isolation/marked-tenants.js';
import { foundIn } from '../../flow/isolation/search.js';
import type { Reply, ReplyError } from '../../support/client.js';
import { Choices } from '../choices.js';
import { dependenceOf, type KnownSchema } from '../keys/askers.js';
import { apiSchema } from '../keys/known-schemas.js';
import type { Failure, Figures, Property } from '../property.js';
import { KnownIds } from './known-ids.js';
import { anyMutation } from './mutations.js';
import { anyAsker, foreignMarkers, markPeople, type Asker, type Person } from './people.js';
import { differenceOfReplies } from './replies.js';
import { openTwoApis, type Api, type NeededServices, type TwoApis } from './two-apis.js';

interface Question {
  readonly asked: SpelledQuery;
  readonly roots: readonly SpelledRoot[];
}

interface World {
  readonly apis: TwoApis;
  readonly tenants: readonly MarkedTenant[];
  readonly people: readonly Person[];
  readonly ids: KnownIds;
}

/**
 * What one node has counted and kept is no data: two nodes differ in it, with and without a cache. Everything else is asked.
 */
const WITHOUT = ['Query.cacheStats'];
/** Writes a query in the plainest way. */
const PLAINEST = Choices.replay([]);
/** What looks like one in a reply. */
const CURSOR = /"(?![0-9a-f]{8}-)([A-Za-z0-9_-]{24,})"(?!:)/;
/** Questions that may be asked again. */
const REMEMBERED = 40;

/** The API answers as it does without its caches, whoever asks, whatever was asked and changed before; and nobody of others. */
export class ApiAnswers implements Property {
  readonly name = 'api';
  readonly cases = 'queries';
  /** What is found depends on all that was changed before. */
  readonly canShrink = false;
  readonly #generator: MeaningGenerator;
  readonly #known: KnownSchema;
  readonly #questions: Question[] = [];
  readonly #promoted = new Set<string>();
  readonly #codes: Record<string, number> = {};
  readonly #counts = { replies: 0, withErrors: 0, withoutData: 0, mutations: 0, refused: 0, signedOut: 0, hits: 0, misses: 0, searched: 0 };
  /** Sent along to the node with caches, for changes were made on the other one, too. */
  #after: string | null = null;

  private constructor(
    private readonly world: World,
    known: KnownSchema,
  ) {
    const { apis, ids } = world;
    const { schema } = apis.bare.app;
    this.#known = known;
    this.#generator = new MeaningGenerator({ schema, without: WITHOUT, depth: 4, argument: (coordinate, choices) => ids.argument(coordinate, choices) });
    apis.cached.app.cache.events.on((event) => {
      if (!('of' in event) || event.of.subject.layer !== 'response') return;
      if (event.type === 'hit') this.#counts.hits++;
      if (event.type === 'miss') this.#counts.misses++;
    });
  }

  static async open(services: NeededServices): Promise<ApiAnswers> {
    const apis = await openTwoApis(services);
    const tenants = await markTenants({ change: (work) => apis.cached.app.write('platform', work) });
    const people = await markPeople(apis.cached, tenants);
    return new ApiAnswers({ apis, tenants, people, ids: await KnownIds.load(apis.bare, tenants) }, await apiSchema());
  }

  async check(choices: Choices): Promise<Failure | null> {
    const { people } = this.world;
    if (choices.chance(0.12)) await this.#change(choices);
    if (choices.chance(0.01)) await this.#signInAgain(choices.pick(people));
    const question = this.#question(choices);
    const required = new Set(question.roots.flatMap(({ field }) => [...dependenceOf(this.#known, field).permissions]));
    const asker = anyAsker(choices, required, this.world);
    const [cached, bare] = [await this.#ask(this.world.apis.cached, question.asked, asker), await this.#ask(this.world.apis.bare, question.asked, asker)];
    this.#count(bare);
    if (choices.chance(0.3)) this.#turnPage(choices, question, bare);
    const wrong = (await this.#difference(question, asker, { cached, bare })) ?? this.#foreign(question, asker, cached);
    if (wrong === null) return null;
    const { asked } = question;
    const who = `${asker.person?.email ?? 'nobody'} in ${asker.tenant?.slug ?? 'no tenant'}, language ${asker.language ?? 'any'}`;
    return { kind: wrong.split('\n')[0] ?? '', text: [asked.query, `variables ${JSON.stringify(asked.variables)}, operation ${asked.operationName ?? 'any'}`, `asked by ${who}`, wrong].join('\n') };
  }

  figures(): Figures {
    const { replies, withErrors, withoutData, mutations, refused, signedOut, hits, misses, searched } = this.#counts;
    return {
      'replies compared': replies,
      'of them with errors': withErrors,
      'of them without data': withoutData,
      'mutations between them': mutations,
      'of them refused': refused,
      'sessions ended': signedOut,
      'pieces from the cache': hits,
      'pieces that were not there': misses,
      'markers looked for': searched,
      ...this.#codes,
    };
  }

  close(): Promise<void> {
    return this.world.apis.close();
  }

  #question(choices: Choices): Question {
    if (this.#questions.length > 0 && choices.chance(0.75)) {
      const known = choices.pick(this.#questions);
      if (choices.chance(0.7)) return known;
      return { roots: known.roots, asked: spell(choices, this.world.apis.bare.app.schema, known.roots) };
    }
    const roots: SpelledRoot[] = [];
    do {
      const field = this.#generator.rootField(choices);
      const isTaken = roots.some(({ responseName }) => responseName === field.name);
      roots.push({ field, responseName: isTaken ? `${field.name}${roots.length}` : field.name });
    } while (roots.length < 4 && choices.chance(0.4));
    return this.#remembered(choices, roots);
  }

  #remembered(choices: Choices, roots: readonly SpelledRoot[]): Question {
    const question = { roots, asked: spell(choices, this.world.apis.bare.app.schema, roots) };
    this.#questions.push(question);
    if (this.#questions.length > REMEMBERED) this.#questions.shift();
    return question;
  }

  /** Has a later page asked for, where the reply contains a cursor. */
  #turnPage(choices: Choices, { roots }: Question, { data }: Reply): void {
    for (const { field, responseName } of roots) {
      const cursor = CURSOR.exec(JSON.stringify(data?.[responseName] ?? null))?.[1];
      if (cursor === undefined || field.args['first'] === undefined) continue;
      this.#remembered(choices, [{ responseName, field: { ...field, args: { ...field.args, after: cursor } } }]);
      return;
    }
  }

  #ask({ client }: Api, { query, variables, operationName }: SpelledQuery, { person, tenant, language }: Asker): Promise<Reply> {
    return client.request(query, {
      variables,
      ...(operationName === undefined ? {} : { body: { operationName } }),
      tenant: tenant?.slug,
      token: person?.token,
      language,
      ...(this.#after === null ? {} : { headers: { 'larder-after': this.#after } }),
    });
  }

  async #difference({ roots }: Question, asker: Asker, { cached, bare }: { readonly cached: Reply; readonly bare: Reply }): Promise<string | null> {
    const wrong = differenceOfReplies(cached, bare, null);
    if (wrong === null || bare.data !== null || cached.data !== null || roots.length === 1) return wrong;
    const possible: ReplyError[] = [];
    for (const { field, responseName } of roots) {
      const alone = spell(PLAINEST, this.world.apis.bare.app.schema, [{ field, responseName }]);
      possible.push(...(await this.#ask(this.world.apis.bare, alone, asker)).errors);
    }
    return differenceOfReplies(cached, bare, possible);
  }

  #foreign({ roots }: Question, asker: Asker, { text }: Reply): string | null {
    const asked = new Set(roots.map(({ field }) => field.name));
    const words = foreignMarkers(asker, asked, { ...this.world, promoted: this.#promoted });
    this.#counts.searched += words.length;
    const [found] = foundIn(text, words);
    return found === undefined ? null : `a marker of others: ${found}\nreply: ${text}`;
  }

  async #change(choices: Choices): Promise<void> {
    const { apis, tenants, people, ids } = this.world;
    const tenant = choices.pick(tenants);
    const { query, input, byStaff = false, then } = anyMutation({ choices, tenant, ids: ids.of(tenant), promoted: this.#promoted });
    const { client } = choices.pick([apis.cached, apis.bare]);
    const person = people.find((one) => one.tenant === tenant && one.isStaff === byStaff);
    const { data, errors, headers } = await client.request(query, { variables: { input }, tenant: tenant.slug, token: person?.token });
    this.#after = headers.get('larder-position') ?? this.#after;
    this.#counts.mutations++;
    if (errors.length > 0 || data === null) this.#counts.refused++;
    else then?.(data);
  }

  async #signInAgain(person: Person): Promise<void> {
    const { client } = this.world.apis.bare;
    const old = person.token;
    person.token = await client.signIn(person.email);
    const { headers } = await client.request('mutation { signOut }', { token: old });
    this.#after = headers.get('larder-position') ?? this.#after;
    this.#counts.signedOut++;
  }

  #count({ errors, data, codes }: Reply): void {
    for (const code of new Set(codes)) this.#codes[`replies with ${code}`] = (this.#codes[`replies with ${code}`] ?? 0) + 1;
    this.#counts.replies++;
    if (errors.length > 0) this.#counts.withErrors++;
    if (data === null) this.#counts.withoutData++;
  }
}
