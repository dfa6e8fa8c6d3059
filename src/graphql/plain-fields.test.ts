import 'reflect-metadata';
import { isObjectType } from 'graphql';
import { Directive, Field, FieldResolver, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { expect, it } from 'vitest';
import { buildSchema } from './build-schema.js';
import { lostDirectives } from './plain-fields.js';

@ObjectType()
class Jar {
  @Field(() => Int)
  readonly plain!: number;

  @Field(() => Int)
  readonly both!: number;
}

@ObjectType()
class BigJar extends Jar {
  @Field(() => Int)
  readonly size!: number;
}

@Resolver(() => Jar)
class JarResolver {
  @Query(() => BigJar, { nullable: true, description: 'Null when it fails.' })
  jar() {
    return { plain: 1, size: 2 };
  }

  @Directive('@cacheControl(maxAge: 5)')
  @FieldResolver(() => Int)
  both() {
    return 3;
  }

  @Directive('@cacheControl(maxAge: 5)')
  @FieldResolver(() => Int)
  own() {
    return 4;
  }
}

const schema = await buildSchema([JarResolver]);

it('fields that nobody computes have no resolver, those of a parent class that somebody does have one', () => {
  const type = schema.getType('BigJar');
  if (!isObjectType(type)) throw new Error('there is no such type');
  const computed = Object.values(type.getFields()).filter(({ resolve }) => resolve !== undefined);
  expect(computed.map(({ name }) => name).sort()).toEqual(['both', 'own']);
});

it('a directive on the resolver of a field that the class has is found, and how to keep it', () => {
  expect(lostDirectives(schema)).toEqual([expect.stringMatching(/^BigJar\.both: @cacheControl stands on its resolver and is lost/)]);
});
