import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchTree, type ScratchTree } from './scratch-tree.js';

/** Contradictions planted in a copy of the tree: each is named with its remedy, in a check and when the service is to start. */

const SENTENCES = [
  // A hint where nothing is stored.
  'DeleteCategoryPayload has a cache hint, and only replies that are never stored contain it; remove the hint, or let a query return DeleteCategoryPayload.',
  'Mutation.sellMedicine has a cache hint, and replies of mutations are never stored; remove it, or hint the query that reads the same.',
  // Private data in a value that all share.
  'Query.medicine is stored with its plain fields as PUBLIC, and Medicine.rank among them is hinted PRIVATE; give Medicine.rank a resolver of its own, or make Query.medicine PRIVATE.',
  // Changes that nobody captures, makes or names.
  'Changes of table stock_levels are captured by no trigger, and Query.lowStockCount, Query.stock, StockLevel and 2 more would go stale; capture them, or say with invalidatedBy: who answers for it.',
  'No mutation says that it writes table categories, which is in Query.categories, Query.node, Query.nodes and 3 more; add @invalidates(tables: ["categories"]) to those that do, or name who else writes it.',
  'Query.product is cached and does not say what it is made from; add @reads(from:) with its loaders, lists or tables, or @cachePolicy(invalidatedBy:) for what is in no table.',
  'Mutation.updateCategory does not say which tables it may write; add @invalidates(tables: […]), empty for none.',
  // A list that any change makes invalid.
  'list categories reads table categories without a filter, and any change of it makes it invalid; declare its conditions as filter, or say wholeTable: true.',
  // Words that nobody reads.
  'Category.slug: there is no directive @cacheContrl; write @cacheControl.',
  'Category.sortOrder: @cacheControl has no argument maxage; write maxAge.',
  'Medicine.discontinued: maxAge of @cacheControl is "5"; give a value of type Int.',
  'Medicine.name: maxAge is -5, and no lifetime is negative; write 0 for what is never stored.',
  'StockLevel.quantity: there is no profile lst; write list.',
  'ProductConnection.totalCount: @reads stands on its resolver and is lost, because the class has the field, too; put it there, or take the field out of the class.',
];

let tree: ScratchTree;
let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'larder-planted-data-'));
  tree = scratchTree();
  const before = (path: string, line: string, planted: string): void => tree.edit(`src/modules/pharmacy/${path}`, (text) => text.replace(line, `${planted}\n${line}`));
  const without = (path: string, part: string): void => tree.edit(`src/modules/pharmacy/${path}`, (text) => text.replaceAll(part, ''));
  const directive = (text: string): string => `@Directive('${text}')`;
  for (const file of ['category.type.ts', 'medicine.type.ts', 'stock.type.ts', 'stock.resolver.ts']) before(file, 'import {', "import { Directive } from 'type-graphql';");

  before('category.type.ts', "@ObjectType()\nexport class DeleteCategoryPayload", directive('@cacheControl(maxAge: 5)'));
  before('stock.resolver.ts', '  @Mutation(() => SellMedicinePayload', directive('@cacheControl(maxAge: 5)'));
  before('medicine.type.ts', '  @Field(() => Int, { nullable: true, description: \'Place among', directive('@cacheControl(scope: PRIVATE)'));
  for (const migration of ['0003_change_capture', '0008_narrow_changes']) tree.edit(`drizzle/${migration}.sql`, (sql) => sql.replace(/select larder_capture\('stock_levels'.*\n/, ''));
  without('category.resolver.ts', "  @Writes('categories')\n");
  tree.edit('src/modules/tenancy/tenant.resolver.ts', (text) => text.replace("'categories', ", ''));
  without('product.resolver.ts', '  @Reads(productById)\n');
  without('category.loaders.ts', ', wholeTable: true');
  before('category.type.ts', "  @Field(() => String, { description: 'The same in all", directive('@cacheContrl(maxAge: 5)'));
  before('category.type.ts', "  @Field(() => Int, { description: 'Categories come", directive('@cacheControl(maxage: 3)'));
  before('medicine.type.ts', "  @Field(() => Boolean, { description: 'Left out", directive('@cacheControl(maxAge: "5")'));
  before('medicine.type.ts', '  @Field(() => String)\n  readonly name!', directive('@cacheControl(maxAge: -5)'));
  before('stock.type.ts', '  @Field(() => Int)\n  readonly quantity!', directive('@cacheControl(maxAge: 5)') + directive('@cachePolicy(profile: "lst")'));
  tree.edit('src/graphql/connection.ts', (text) =>
    text.replace('    readonly pageInfo!: PageInfo;\n', '    readonly pageInfo!: PageInfo;\n\n    @Field(() => Int)\n    readonly totalCount?: number;\n').replace('import { Field, ', 'import { Field, Int, '),
  );
});
afterAll(() => {
  tree.remove();
  rmSync(data, { recursive: true, force: true });
});

it('npm run check names each, and how to be rid of it', async () => {
  const { code, output } = await tree.run('check:audit');
  for (const sentence of SENTENCES) expect(output).toContain(`contradiction: ${sentence}\n`);
  expect(code).toBe(1);
});

it('nothing is served, and the start says the same', async () => {
  // Of its own, whatever the environment says.
  const settings = `DATABASE_URL= REDIS_URL= DEMO_DATA=never LARDER_DATA_DIR=${data} PORT=0`;
  tree.edit('package.json', (text) => text.replace('"scripts": {', `"scripts": {\n    "planted": "${settings} tsx src/cli.ts serve",`));
  const { code, output } = await tree.run('planted');
  for (const sentence of SENTENCES) expect(output).toContain(sentence);
  expect(output).toMatch(/^CACHE_CONTRADICTION: /m);
  expect(output).not.toContain('answers at');
  expect(code).toBe(1);
});
