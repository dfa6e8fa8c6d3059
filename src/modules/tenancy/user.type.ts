import { IsEmail, IsOptional } from 'class-validator';
import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ROLES } from '../../database/tables/tenancy.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { connectionTypes } from '../../graphql/connection.js';
import { PageArgs } from '../../graphql/page-args.js';
import { SearchText } from '../../graphql/search.js';
import { MAX_NAME_LENGTH, NotNull, Text } from '../../graphql/validation.js';
import { Password } from './password-rule.js';

export const membershipRoles = Object.fromEntries(ROLES.map((role) => [role, role])) as { readonly [Name in MembershipRole]: Name };
export type MembershipRole = (typeof ROLES)[number];
