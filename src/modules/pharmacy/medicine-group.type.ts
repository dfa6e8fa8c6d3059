import { ArgsType, Field, ID, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { Node } from '../../graphql/node.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';

@CacheProfile('reference', { shared: true })
@ObjectType({ implements: Node, description: 'A trade name, with everything that is sold under it.' })
export class MedicineGroup {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly tradeName!: string;
}

export const { EdgeType: MedicineGroupEdge, ConnectionType: MedicineGroupConnection } = connectionTypes('MedicineGroup', () => MedicineGroup);

@ArgsType()
export class MedicineGroupsArgs extends PageArgs {
  @SearchText()
  @Field(() => String, { nullable: true, description: 'Only trade names that contain this text, in any case.' })
  readonly search?: string | null;
}
