import { isRequiredArgument, print, valueFromAST, type ConstDirectiveNode, type GraphQLDirective, type GraphQLSchema } from 'graphql';
import { nearest } from '../../../lib/nearest.js';
import { cacheDirectives } from '../directives.js';
import { annotated, type Annotated } from './annotated.js';

/** Directives and arguments that nobody reads, and values that nobody can: the hint would be lost without a word. */
export function misspelt(schema: GraphQLSchema): readonly string[] {
  const known = new Map([...cacheDirectives, ...schema.getDirectives()].map((directive) => [directive.name, directive]));
  return annotated(schema).flatMap((place) =>
    place.directives.flatMap((node, at) => {
      const name = node.name.value;
      const directive = known.get(name);
      if (directive === undefined) return [`${place.name}: there is no directive @${name}; ${remedy(nearest(name, known.keys()), '@')}.`];
      return [...wronglyPlaced({ place, directive, at }), ...wrongArguments({ place, directive, node })];
    }),
  );
}

function remedy(meant: string | null, sign = ''): string {
  return meant === null ? 'remove it, or define it in the schema' : `write ${sign}${meant}`;
}

function wronglyPlaced({ place, directive, at }: { readonly place: Annotated; readonly directive: GraphQLDirective; readonly at: number }): string[] {
  const { name, locations, isRepeatable } = directive;
  const found: string[] = [];
  if (!locations.includes(place.location)) found.push(`${place.name}: @${name} has no meaning there; put it on ${locations.map(inWords).join(', ')}.`);
  const isFirst = place.directives.findIndex((other) => other.name.value === name) === at;
  if (!isRepeatable && !isFirst) found.push(`${place.name}: @${name} stands there more than once, and only the first is read; leave one.`);
  return found;
}

/** `FIELD_DEFINITION`: a field. */
function inWords(location: string): string {
  const word = location.replace('_DEFINITION', '').replaceAll('_', ' ').toLowerCase();
  return /^[aeio]/.test(word) ? `an ${word}` : `a ${word}`;
}

function wrongArguments({ place, directive, node }: { readonly place: Annotated; readonly directive: GraphQLDirective; readonly node: ConstDirectiveNode }): string[] {
  const given = node.arguments ?? [];
  const wrong = given.flatMap(({ name: { value: name }, value }) => {
    const defined = directive.args.find((arg) => arg.name === name);
    if (defined === undefined) {
      const others = directive.args.map((arg) => arg.name);
      const meant = nearest(name, others);
      return [`${place.name}: @${directive.name} has no argument ${name}; write ${meant ?? `one of ${others.join(', ')}`}.`];
    }
    if (valueFromAST(value, defined.type) !== undefined) return [];
    return [`${place.name}: ${name} of @${directive.name} is ${print(value)}; give a value of type ${String(defined.type)}.`];
  });
  const missing = directive.args
    .filter((arg) => isRequiredArgument(arg) && !given.some(({ name }) => name.value === arg.name))
    .map(({ name }) => `${place.name}: @${directive.name} lacks its argument ${name}; give it.`);
  return [...wrong, ...missing];
}
