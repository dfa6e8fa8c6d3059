import { buildASTSchema, isObjectType, parse, type GraphQLSchema } from 'graphql';
import type { Access, CategoryRow, MedicineRow, StockRow } from './access.js';
import { measuredSdl } from './sdl.js';

type Resolver<Parent, Args = Record<string, never>> = (parent: Parent, args: Args, access: Access) => unknown;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const idOrNull = (id: string): string | null => (UUID.test(id) ? id.toLowerCase() : null);
const toInstant = ({ updatedAt }: { readonly updatedAt: string }): string => new Date(updatedAt).toISOString();

interface InLanguage {
  readonly language?: string | null;
}

const query: Record<string, Resolver<undefined, never>> = {
  medicine: (_, { id }: { readonly id: string }, access) => {
    const known = idOrNull(id);
    return known === null ? null : access.medicine.load(known);
  },
  topMedicines: (_, { first }: { readonly first: number }, access) => access.topMedicines(first),
  categories: async (_, { language }: InLanguage, access) => {
    const rows = await access.categories();
    return language === undefined || language === null ? rows : rows.map((row) => ({ ...row, language }));
  },
  stock: (_, { medicineId }: { readonly medicineId: string }, access) => {
    const known = idOrNull(medicineId);
    return known === null ? null : access.stock.load(known);
  },
};

const medicine: Record<string, Resolver<MedicineRow>> = {
  price: ({ priceMinor }, _, { tenant }) => ({ amount: priceMinor, currency: tenant.currency }),
  category: ({ categoryId }, _, access) => access.category.load(categoryId),
  stock: ({ id }, _, access) => access.stock.load(id),
  updatedAt: toInstant,
};

const category: Record<string, Resolver<CategoryRow & InLanguage, InLanguage>> = {
  name: ({ names, slug, language: inherited }, { language }, access) =>
    names[access.language(language ?? inherited)] ?? names[access.tenant.defaultLanguage] ?? slug,
  names: ({ names }) =>
    Object.entries(names)
      .map(([language, text]) => ({ language, text }))
      .sort((a, b) => (a.language < b.language ? -1 : 1)),
};

const stockLevel: Record<string, Resolver<StockRow>> = {
  low: ({ quantity, reorderLevel }) => quantity <= reorderLevel,
  updatedAt: toInstant,
};

/** Parent and arguments are what the schema says: graphql checks them, the compiler cannot. */
type AnyResolver = Resolver<never, never>;

const resolvers: Readonly<Record<string, Readonly<Record<string, AnyResolver>>>> = {
  Query: query,
  Medicine: medicine,
  Category: category,
  StockLevel: stockLevel,
};

/**
 * The schema that every server is built from, Larder too: the same types, hints and resolvers.
 *
 * @param accessOf finds in a server's own context what resolvers read through.
 */
export function measuredSchema<Context>(accessOf: (context: Context) => Access): GraphQLSchema {
  const schema = buildASTSchema(parse(measuredSdl()));
  for (const [type, fields] of Object.entries(resolvers)) {
    const found = schema.getType(type);
    if (!isObjectType(found)) throw new Error(`there is no type ${type}`);
    for (const [field, resolve] of Object.entries(fields)) {
      const definition = found.getFields()[field];
      if (definition === undefined) throw new Error(`there is no field ${type}.${field}`);
      definition.resolve = (parent, args, context: Context) => resolve(parent as never, args as never, accessOf(context));
    }
  }
  return schema;
}
