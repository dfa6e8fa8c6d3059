import { getNamedType, type GraphQLSchema } from 'graphql';
import { hintOfField } from '../hints.js';
import { privateWithin } from '../private-values.js';
import { queryFields } from './reach.js';

/**
 * Private data in values that all viewers share. A field that is stored by itself is stored as its resolver returned it: with
 * the objects in it, and with everything that a field without a resolver takes from them. If the field is PUBLIC, none of these
 * may be hinted PRIVATE, by themselves or by an interface; a field that does not say its scope has that of its type. What a resolver adds later is not part of the value and may be private: it makes the piece of the
 * response private that it is selected in (P1).
 */
export function exposed(schema: GraphQLSchema): readonly string[] {
  return queryFields(schema).flatMap(({ name, parent, field }) => {
    const hint = hintOfField(schema, parent, field);
    if (hint === null || hint.policy.maxAge <= 0 || hint.policy.scope === 'PRIVATE') return [];
    return privateWithin(schema, getNamedType(field.type)).map((inside) =>
      inside.includes('.')
        ? `${name} is stored with its plain fields as PUBLIC, and ${inside} among them is hinted PRIVATE; give ${inside} a resolver of its own, or make ${name} PRIVATE.`
        : `${name} is stored as PUBLIC, and its value contains ${inside}, which is hinted PRIVATE; make the field PRIVATE too, or the type PUBLIC.`,
    );
  });
}
