import { GraphQLLocalDate } from 'graphql-scalars';
import { ArgsType, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { Node } from '../../graphql/node.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';

/** Names for clients, values as the database has them. */
export const marketingStatuses = { PRESCRIPTION: 'RX', OVER_THE_COUNTER: 'OTC', DISCONTINUED: 'DISCN' } as const;

registerEnumType(marketingStatuses, {
  name: 'MarketingStatus',
  description: 'How a product is sold in the country of its approval.',
  valuesConfig: { DISCONTINUED: { description: 'Approved, and not sold any more.' } },
});

@CacheProfile('reference', { shared: true })
@ObjectType({ implements: Node, description: 'An approved product of the catalogue, which all tenants share.' })
export class Product {
  @Field(() => ID, { description: 'Application type, application number and product number: `N205613001`.' })
  readonly id!: string;

  @Field(() => String)
  readonly tradeName!: string;

  @Field(() => String)
  readonly strength!: string;

  @Field(() => String, { nullable: true, description: "The authority's remark on the strength." })
  readonly strengthRemark!: string | null;

  @Field(() => String)
  readonly dosageForm!: string;

  @Field(() => String)
  readonly route!: string;

  @Field(() => String, { description: 'Short name of the company that holds the approval.' })
  readonly manufacturer!: string;

  @Field(() => String)
  readonly manufacturerFullName!: string;

  @Field(() => String, { nullable: true, description: 'Therapeutic equivalence code: products with the same code can replace each other.' })
  readonly teCode!: string | null;

  @Field(() => GraphQLLocalDate, { nullable: true, description: 'Null for products approved before 1982, whose day is not recorded.' })
  readonly approvalDate!: string | null;

  @Field(() => Boolean)
  readonly approvedBefore1982!: boolean;

  @Field(() => Boolean, { description: 'Whether generics are compared with it.' })
  readonly referenceListed!: boolean;

  @Field(() => Boolean, { description: 'Whether studies of equivalence use it.' })
  readonly referenceStandard!: boolean;

  @Field(() => marketingStatuses)
  readonly marketingStatus!: (typeof marketingStatuses)[keyof typeof marketingStatuses];
}

export const { EdgeType: ProductEdge, ConnectionType: ProductConnection } = connectionTypes('Product', () => Product);

@ArgsType()
export class CatalogueArgs extends PageArgs {
  @SearchText()
  @Field(() => String, { nullable: true, description: 'Only products whose trade name or an ingredient contains this text, in any case.' })
  readonly search?: string | null;
}
