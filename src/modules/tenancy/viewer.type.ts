import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { roles, type Role } from '../../graphql/roles.js';

export const roleEnum = Object.fromEntries(roles.map((role) => [role, role])) as { readonly [Name in Role]: Name };

registerEnumType(roleEnum, {
  name: 'Role',
  description: 'What a viewer may do; each may do what those before it may.',
  valuesConfig: {
    STAFF: { description: 'Reads stock and sells.' },
    TENANT_ADMIN: { description: 'Changes what the tenant offers, and looks after its cache.' },
    PLATFORM_ADMIN: { description: 'May do everything in every tenant.' },
  },
});

@CacheProfile('user')
@ObjectType('Viewer', { description: 'Whoever is signed in.' })
export class ViewerType {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly email!: string;

  @Field(() => String)
  readonly name!: string;

  @Field(() => roleEnum, { nullable: true, description: 'In the tenant of the request. Null for somebody who does not belong to it.' })
  readonly role!: Role | null;
}

@CacheProfile('user')
@ObjectType({ description: 'That somebody belongs to a tenant.' })
export class Membership {
  @Field(() => roleEnum)
  readonly role!: Role;
}
