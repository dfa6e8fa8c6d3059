import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ROLES } from '../../database/tables/tenancy.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { Reads } from '../../graphql/dependencies.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';
import { MAX_NAME_LENGTH, NotNull, Text } from '../../graphql/validation.js';
import { NewAccountInput } from './account.type.js';
import { userOfTenant } from './user.loaders.js';

export type MembershipRole = (typeof ROLES)[number];

export const membershipRoles = Object.fromEntries(ROLES.map((role) => [role, role])) as { readonly [Name in MembershipRole]: Name };

registerEnumType(membershipRoles, { name: 'MembershipRole', description: 'What somebody may do in a tenant that they belong to.' });

@CacheProfile('list')
@Reads(userOfTenant)
@ObjectType({ description: 'Somebody who belongs to the tenant of the request.' })
export class User {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly email!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => membershipRoles, { description: 'In the tenant of the request.' })
  readonly role!: MembershipRole;

  @Field(() => Boolean, { description: 'Whether the account may do everything in every tenant, whatever its role here.' })
  readonly platformAdmin!: boolean;
}

export const { EdgeType: UserEdge, ConnectionType: UserConnection } = connectionTypes('User', () => User);

@ArgsType()
export class UsersArgs extends PageArgs {
  @SearchText()
  @Field(() => String, { nullable: true, description: 'Only users whose name or address contains this text, in any case.' })
  readonly search?: string | null;
}

@InputType()
export class CreateUserInput extends NewAccountInput {
  @Field(() => membershipRoles)
  readonly role!: MembershipRole;
}

@InputType()
export class AddUserInput {
  @Field(() => String, { description: 'Of an account that exists.' })
  readonly email!: string;

  @Field(() => membershipRoles)
  readonly role!: MembershipRole;
}

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateUserInput {
  @Field(() => ID)
  readonly id!: string;

  @NotNull()
  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { nullable: true, description: 'Of those who belong to another tenant, too, only a platform admin can change it.' })
  readonly name?: string | null;

  @NotNull()
  @Field(() => membershipRoles, { nullable: true })
  readonly role?: MembershipRole | null;
}

@ObjectType()
export class RemoveUserPayload {
  @Field(() => ID)
  readonly removedId!: string;
}
