import { isEmail } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { MAX_NAME_LENGTH, rule, Text } from '../../graphql/validation.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password.js';

function Email(): PropertyDecorator {
  const accepts = (value: unknown): boolean => typeof value === 'string' && isEmail(value.trim());
  return rule({ name: 'email', accepts, remedy: 'give an e-mail address' });
}

function Password(): PropertyDecorator {
  const accepts = (value: unknown): boolean =>
    typeof value === 'string' && [...value].length >= MIN_PASSWORD_LENGTH && value.length <= MAX_PASSWORD_LENGTH;
  return rule({ name: 'password', accepts, remedy: `give ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters` });
}

/** What an account begins with. */
@InputType()
export class NewAccountInput {
  @Email()
  @Field(() => String, { description: 'Signs the account in, in any case; unique among all tenants.' })
  readonly email!: string;

  @Text(MAX_NAME_LENGTH)
  @Field(() => String, { description: '1 to 200 characters.' })
  readonly name!: string;

  @Password()
  @Field(() => String, { description: `${MIN_PASSWORD_LENGTH} characters or more.` })
  readonly password!: string;
}

@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  readonly currentPassword!: string;

  @Password()
  @Field(() => String, { description: `${MIN_PASSWORD_LENGTH} characters or more.` })
  readonly newPassword!: string;
}
