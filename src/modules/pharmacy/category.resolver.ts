import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import type { Context } from '../../graphql/context.js';
import { categoriesIn, categoryName, type CategoryData } from './category.service.js';
import { Category } from './category.type.js';
import { medicineCount } from './medicine.service.js';

const LANGUAGE = "One of the tenant's languages. Without it: the best of `Accept-Language`, else the tenant's default.";

@Resolver(() => Category)
export class CategoryResolver {
  @CacheProfile('reference')
  @Query(() => [Category], { description: "The tenant's categories, in its order." })
  categories(
    @Arg('language', () => String, { nullable: true, description: LANGUAGE }) language: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<readonly CategoryData[]> {
    return categoriesIn(ctx, language);
  }

  @FieldResolver(() => String)
  name(
    @Root() category: CategoryData,
    @Arg('language', () => String, { nullable: true, description: LANGUAGE }) language: string | null | undefined,
    @Ctx() ctx: Context,
  ): string {
    return categoryName(ctx, category, language);
  }

  @CacheProfile('stats')
  @FieldResolver(() => Int, { description: 'How many medicines are in it, discontinued ones left out.' })
  medicineCount(@Root() category: CategoryData, @Ctx() ctx: Context): Promise<number> {
    return medicineCount(ctx, category.id);
  }
}
