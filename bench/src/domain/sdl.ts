import { readFileSync } from 'node:fs';
import { Kind, parse, print, type ConstDirectiveNode, type DefinitionNode, type DocumentNode } from 'graphql';

/** What the scenarios ask for; everything else of the API's schema is left out. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  Query: ['medicine', 'topMedicines', 'categories', 'stock'],
  Node: ['id'],
  Medicine: ['id', 'name', 'rank', 'discontinued', 'updatedAt', 'price', 'category', 'stock'],
  Category: ['id', 'name', 'names', 'slug', 'sortOrder'],
  LocalizedText: ['language', 'text'],
  Money: ['amount', 'currency'],
  StockLevel: ['quantity', 'reorderLevel', 'low', 'updatedAt'],
};
const KEPT_ELSE = new Set(['CacheControlScope', 'RequiredRole', 'DateTimeISO', 'cacheControl', 'cachePolicy', 'reads', 'invalidates', 'requires']);

/** Stock is the API's to cache, since a sale invalidates it. Here it stands for what nobody may cache. */
const NEVER_CACHED = new Set(['Query.stock', 'StockLevel']);
const NEVER = parse('type T @cacheControl(maxAge: 0, scope: PUBLIC) @cachePolicy(profile: "live", staleWhileRevalidate: 0) { f: Int }');

const neverHints = ((): readonly ConstDirectiveNode[] => {
  const [definition] = NEVER.definitions;
  return definition?.kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.directives ?? []) : [];
})();

/** The part of the API's schema, as it is committed, that is measured: with its hints, but for what is never cached. */
export function measuredSdl(): string {
  const api = parse(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));
  return print(narrowed(api));
}

function narrowed(api: DocumentNode): DocumentNode {
  const definitions = api.definitions.flatMap((definition): DefinitionNode[] => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) {
      return 'name' in definition && definition.name !== undefined && KEPT_ELSE.has(definition.name.value) ? [definition] : [];
    }
    const type = definition.name.value;
    const kept = KEPT[type];
    if (kept === undefined) return [];
    const fields = (definition.fields ?? []).filter(({ name }) => kept.includes(name.value)).map((field) => withHints(field, `${type}.${field.name.value}`));
    if (fields.length !== kept.length) throw new Error(`the API's ${type} has no longer all of ${kept.join(', ')}`);
    return [withHints({ ...definition, fields }, type)];
  });
  return { ...api, definitions };
}

function withHints<T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(node: T, coordinate: string): T {
  if (!NEVER_CACHED.has(coordinate)) return node;
  const others = (node.directives ?? []).filter(({ name }) => name.value !== 'cacheControl' && name.value !== 'cachePolicy');
  return { ...node, directives: [...others, ...neverHints] };
}
