import { buildSchema, type FieldNode, parse, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { alternatives, argumentsOf, concat, fill, sizeOf, type Template } from './template.js';

const schema = buildSchema('interface Named { name(style: Int = 1): String } type A implements Named { name(style: Int = 1): String } type B implements Named { name(style: Int = 1): String } type Query { named: Named }');

/** What is selected of a type by a field `name` with the arguments given. */
function selected(type: 'A' | 'B', args: string): Template {
  const [operation] = parse(`query ($v: Int) { name${args} }`).definitions;
  if (operation === undefined || !('selectionSet' in operation)) throw new Error('no operation');
  const field = (schema.getType(type) as GraphQLObjectType).getFields()['name'] as GraphQLField<unknown, unknown>;
  return concat(['{name:name(', argumentsOf({ of: field, node: operation.selectionSet.selections[0] as FieldNode }), ');}']);
}

const ofBoth = (a: string, b: string, variables = {}): string => fill(alternatives([{ types: ['A'], text: selected('A', a) }, { types: ['B'], text: selected('B', b) }]), variables);

describe('what is selected of several types', () => {
  it('P5 is one text, whether its arguments are written, sent or left to their defaults', () => {
    const written = ofBoth('(style: 1)', '(style: 1)');
    expect(ofBoth('(style: $v)', '(style: $v)', { v: 1 })).toBe(written);
    expect(ofBoth('(style: $v)', '', { v: 1 })).toBe(written);
    expect(ofBoth('', '(style: $v)')).toBe(written);
  });

  it('P5 is another text when one of the types is asked otherwise', () => {
    const texts = [ofBoth('(style: 1)', '(style: 2)'), ofBoth('(style: 2)', '(style: 1)'), ofBoth('(style: 2)', '(style: 2)'), ofBoth('(style: null)', '')];
    expect(new Set(texts).size).toBe(texts.length);
    expect(ofBoth('(style: $v)', '(style: 2)', { v: 1 })).toBe(texts[0]);
    expect(ofBoth('(style: $v)', '(style: 2)', { v: 2 })).toBe(texts[2]);
  });

  it('C4 counts what all of them say', () => {
    const one = selected('A', '(style: $v)');
    expect(sizeOf(alternatives([{ types: ['A'], text: one }, { types: ['B'], text: selected('B', '(style: $v)') }]))).toBe(2 * sizeOf(one));
  });
});
