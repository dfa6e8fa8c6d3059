import { getVariableValues, Kind, parse, validate, type DocumentNode, type GraphQLField, type OperationDefinitionNode } from 'graphql';
import { Identities } from '../../../src/cache/core/key.js';
import { partition } from '../../../src/cache/index.js';
import { directiveArguments, fill, ResponseCache } from '../../../src/cache/graphql/index.js';
import { PieceIdentities } from '../../../src/cache/graphql/piece-identities.js';
import type { SpelledQuery } from '../documents/speller.js';
import type { KnownSchema, WhoAsks } from './askers.js';

export interface KeyedPiece {
  /** Null for what has no key: nobody can be given it in the place of something else. */
  readonly key: string | null;
  readonly isStored: boolean;
}

/** Asks the engine under which key it would keep a root field of a query. */
export class PieceKeys {
  readonly #identities = new PieceIdentities(new Identities('p', 'd'));
  readonly #responses: ResponseCache<null, never>;

  constructor(private readonly known: KnownSchema) {
    const { schema, permission } = known;
    this.#responses = new ResponseCache<null, never>({
      schema,
      readerOf: () => null,
      contextWithin: () => null,
      viewerOf: () => null,
      varyBy: () => ({}),
      version: '1',
      permissionOf: (field: Pick<GraphQLField<unknown, unknown>, 'astNode'>) => (directiveArguments(field.astNode, permission.directive)?.[permission.argument] as string | undefined) ?? null,
    });
  }

  /** @throws Error for a query that is not valid: nobody should have written it. */
  of({ query, operationName, variables }: SpelledQuery, responseName: string, who: WhoAsks): KeyedPiece {
    const document = parse(query);
    const [invalid] = validate(this.known.schema, document);
    if (invalid !== undefined) throw new Error(`an invalid query was written: ${invalid.message}\n${query}`);
    const operation = operationOf(document, operationName);
    const { coerced, errors } = getVariableValues(this.known.schema, operation.variableDefinitions ?? [], variables);
    if (coerced === undefined) throw new Error(`variables do not fit: ${String(errors)}\n${query}\n${JSON.stringify(variables)}`);
    const plan = this.#responses.planOf(document, operation);
    const shape = plan?.shapeFor(coerced);
    if (!shape) throw new Error(`not planned:\n${query}`);
    const piece = shape.pieces.find((one) => one.responseName === responseName);
    if (piece === undefined) throw new Error(`there is no piece ${responseName} in the plan of\n${query}`);
    const identified = this.#identities.of(piece, { variables: coerced, operation: null }, {
      partition: partition(who.tenant),
      viewer: who.viewer,
      varyBy: { language: who.language },
      holds: (permission) => who.permissions.includes(permission),
    });
    if ('identity' in identified) return { key: identified.identity.key, isStored: true };
    return { key: piece.text.length === 0 ? null : textOf(() => `${piece.subject.name} ${fill(piece.text, coerced)}`), isStored: false };
  }
}

/** What is not stored has a text all the same, unless its arguments are no plain data. */
function textOf(fill: () => string): string | null {
  try {
    return fill();
  } catch {
    return null;
  }
}

function operationOf({ definitions }: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const found = operations.find((operation) => name === undefined || operation.name?.value === name);
  if (found === undefined) throw new Error(`there is no operation ${name}`);
  return found;
}
