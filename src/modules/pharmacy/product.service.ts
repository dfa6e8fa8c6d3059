import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { textPageAsk } from '../../graphql/page-args.js';
import { searchText } from '../../graphql/search.js';
import { productIdOrNull } from './product-id.js';
import { catalogueList, productById } from './product.loaders.js';
import type { CatalogueFilter, ProductRow } from './product.queries.js';
import type { CatalogueArgs } from './product.type.js';

export type CataloguePage = Connection<ProductRow, CatalogueFilter>;

/** @throws LarderError CURSOR_INVALID. */
export async function catalogue(ctx: Context, args: CatalogueArgs): Promise<CataloguePage> {
  const filter: CatalogueFilter = { search: searchText(args.search) };
  const page = textPageAsk(args, productIdOrNull);
  const found = await ctx.load(catalogueList).load({ ...filter, page });
  return toConnection(found, { ask: page, keyOf: ({ tradeName, id }) => [tradeName, id], of: filter });
}

export async function product(ctx: Context, id: string): Promise<ProductRow | null> {
  const productId = productIdOrNull(id);
  return productId === null ? null : ctx.load(productById).load(productId);
}
