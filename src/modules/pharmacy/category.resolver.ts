import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import type { Context } from '../../graphql/context.js';
import { Reads, Writes } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR } from '../../graphql/root-fields.js';
import { tenantById } from '../tenancy/tenancy.module.js';
import { createCategory, deleteCategory, updateCategory } from './category-admin.service.js';
import { categoryList } from './category.loaders.js';
import { categoriesIn, categoryName, namesOf, type CategoryData } from './category.service.js';
import { Category, CreateCategoryInput, DeleteCategoryPayload, LocalizedText, UpdateCategoryInput } from './category.type.js';
import { medicineCountByCategory } from './medicine.loaders.js';
import { medicineCount } from './medicine.service.js';

const LANGUAGE = "One of the tenant's languages. Without it: the best of `Accept-Language`, else the tenant's default.";

@Resolver(() => Category)
export class CategoryResolver {
  @CacheProfile('reference')
  @Reads(categoryList, tenantById)
  @Query(() => [Category], { nullable: true, description: `The tenant's categories, in its order. ${NULL_WITH_ERROR}` })
  categories(
    @Arg('language', () => String, { nullable: true, description: LANGUAGE }) language: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<readonly CategoryData[]> {
    return categoriesIn(ctx, language);
  }

  @Requires('TENANT_ADMIN')
  @Writes('categories')
  @Mutation(() => Category, { description: 'Fails with ALREADY_EXISTS for a slug that the tenant has.' })
  createCategory(@Arg('input', () => CreateCategoryInput) input: CreateCategoryInput, @Ctx() ctx: Context): Promise<CategoryData> {
    return createCategory(ctx, input);
  }

  @Requires('TENANT_ADMIN')
  @Writes('categories')
  @Mutation(() => Category, { description: 'Changes what is given.' })
  updateCategory(@Arg('input', () => UpdateCategoryInput) input: UpdateCategoryInput, @Ctx() ctx: Context): Promise<CategoryData> {
    return updateCategory(ctx, input);
  }

  @Requires('TENANT_ADMIN')
  @Writes('categories')
  @Mutation(() => DeleteCategoryPayload, { description: 'Deletes an empty category. Fails with IN_USE while medicines are in it, discontinued ones too.' })
  async deleteCategory(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<DeleteCategoryPayload> {
    return { deletedId: await deleteCategory(ctx, id) };
  }

  @Reads(tenantById)
  @FieldResolver(() => String)
  name(
    @Root() category: CategoryData,
    @Arg('language', () => String, { nullable: true, description: LANGUAGE }) language: string | null | undefined,
    @Ctx() ctx: Context,
  ): string {
    return categoryName(ctx, category, language);
  }

  @FieldResolver(() => [LocalizedText], { description: 'Its name in every language that it has one in.' })
  names(@Root() category: CategoryData): readonly LocalizedText[] {
    return namesOf(category);
  }

  @CacheProfile('stats')
  @Reads(medicineCountByCategory)
  @FieldResolver(() => Int, { description: 'How many medicines are in it, discontinued ones left out.' })
  medicineCount(@Root() category: CategoryData, @Ctx() ctx: Context): Promise<number> {
    return medicineCount(ctx, category.id);
  }
}
