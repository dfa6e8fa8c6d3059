import { getNamedType, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { tagTemplate, type ReadFacts } from '../../core/definition-facts.js';
import { directiveArguments } from '../directives.js';
import { declarationsOf } from '../hints.js';
import type { AuditFacts } from './facts.js';
import { queryFields } from './reach.js';

type Noted = Parameters<typeof directiveArguments>[0];

/** The names in an argument that is a list of texts; null where the directive does not stand. */
export function namesIn(node: Noted, directive: string, argument: string): readonly string[] | null {
  const found = directiveArguments(node, directive)?.[argument];
  if (found === undefined) return null;
  return Array.isArray(found) ? found.filter((name) => typeof name === 'string') : [];
}

/** The declared source of changes that no mutation makes (`invalidatedBy`); null where none is declared. */
export function saidSo(...nodes: readonly Noted[]): string | null {
  for (const node of nodes) {
    const said = directiveArguments(node, 'cachePolicy')?.['invalidatedBy'];
    if (typeof said === 'string' && said.trim() !== '') return said.trim();
  }
  return null;
}

/** What places in a schema are made from, and who changes that. */
export class Dependencies {
  readonly #writersOf = new Map<string, string[]>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly facts: AuditFacts,
  ) {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    for (const { name, astNode } of mutations) this.#note(name, namesIn(astNode, 'invalidates', 'tables') ?? []);
    for (const { name, tables } of facts.writers) this.#note(name, tables);
  }

  #note(writer: string, tables: readonly string[]): void {
    for (const table of tables) this.#writersOf.set(table, [...(this.#writersOf.get(table) ?? []), writer]);
  }

  /** What a name in `@reads` stands for; null for nothing that is known. */
  named(name: string): readonly ReadFacts[] | null {
    const { definitions, tables } = this.facts;
    const definition = definitions.find((one) => one.name === name);
    if (definition !== undefined) return definition.reads;
    const table = tables?.find((one) => one.name === name);
    if (table === undefined && tables !== null) return null;
    return [{ table: name, partition: table?.partition ?? 'own', by: 'table', columns: [], watched: null, containing: null, within: null, wholeTable: true }];
  }

  /** Reads that `@reads` declares on a type, or on a field and the interfaces of its object; null where none is declared. */
  declared(...nodes: readonly Noted[]): readonly ReadFacts[] | null {
    const declared = nodes.map((node) => namesIn(node, 'reads', 'from')).filter((names) => names !== null);
    return declared.length === 0 ? null : [...new Set(declared.flat())].flatMap((name) => this.named(name) ?? []);
  }

  /** A type's rows are what it declares, what its loader reads, or else what the fields read that return it. */
  ofType(type: GraphQLNamedType): readonly ReadFacts[] | null {
    const declared = this.declared(type.astNode);
    if (declared !== null) return declared;
    const known = this.facts.types[type.name];
    if (known !== undefined) return this.named(known.name ?? known.table) ?? this.named(known.table);
    const returning = queryFields(this.schema).filter(({ field }) => getNamedType(field.type) === type);
    const reads = returning.flatMap(({ parent, field }) => this.declared(...declarationsOf(parent, field).map((one) => one.field.astNode)) ?? []);
    return reads.length === 0 ? null : reads;
  }

  tagsOf(reads: readonly ReadFacts[]): readonly string[] {
    return [...new Set(reads.map((read) => tagTemplate(read, this.facts.partition)))].sort();
  }

  tablesOf(reads: readonly ReadFacts[]): readonly string[] {
    return [...new Set(reads.map(({ table }) => table))].sort();
  }

  /** Mutations and others that may write a table. */
  writersOf(table: string): readonly string[] {
    return this.#writersOf.get(table) ?? [];
  }

  invalidatedBy(reads: readonly ReadFacts[], said: string | null): readonly string[] {
    const writers = new Set(this.tablesOf(reads).flatMap((table) => this.writersOf(table)));
    return [...[...writers].sort(), ...(said === null ? [] : [said])];
  }
}
