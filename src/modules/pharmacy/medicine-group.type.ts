import { ArgsType, Field, ID, ObjectType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { PageArgs } from './page-args.js';

@CacheProfile('reference')
@ObjectType({ description: 'A trade name, with everything that is sold under it.' })
export class MedicineGroup {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly tradeName!: string;
}

export const { EdgeType: MedicineGroupEdge, ConnectionType: MedicineGroupConnection } = connectionTypes('MedicineGroup', () => MedicineGroup);

@ArgsType()
export class MedicineGroupsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only trade names that contain this text, in any case.' })
  readonly search?: string | null;
}
