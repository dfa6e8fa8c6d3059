import { describe, expect, it } from 'vitest';
import { CacheError } from '../core/errors.js';
import { formOf, itemsOf, MAX_COLUMN_SETS, MAX_NARROW_FORMS, PredicateForms, type PredicateForm } from './predicate-forms.js';

const form = (columns: readonly string[], watched: readonly string[] | null = null, named: Partial<PredicateForm> = {}): PredicateForm => ({ columns, containing: null, within: null, watched, ...named });

describe('forms of predicates', () => {
  it('come back from the items they are written as', () => {
    for (const one of [form(['a', 'b']), form(['a'], []), form(['a'], ['b', 'c']), form([], ['b']), form([], []), form(['a'], ['n'], { containing: 'n' }), form([], [], { within: 'n' }), form(['a'], [], { containing: 'n', within: 'm' })]) {
      expect(formOf(itemsOf(one))).toEqual(one);
    }
  });

  it('F6 are, where another version has written what this one does not know, of columns that no row has', () => {
    for (const items of [['a', '^b'], ['a', 'b~', 'c~', ':'], ['b^', 'c^', ':'], ['a', 'b~'], ['a', 'b^']]) {
      const { columns } = formOf(items);
      expect(columns.some((column) => !/^\w+$/.test(column)), items.join()).toBe(true);
    }
  });

  it.each([
    { what: 'every change emits', watched: null, most: MAX_COLUMN_SETS },
    { what: 'some changes emit', watched: [], most: MAX_NARROW_FORMS },
  ])('are limited, those that $what: each costs writes', ({ watched, most }) => {
    const forms = new PredicateForms();
    for (let set = 0; set < most; set++) forms.declare('rows', form([`c${set}`], watched));
    forms.declare('rows', form(['c0'], watched));
    forms.declare('rows', form(['c0'], watched === null ? [] : null));
    expect(() => forms.declare('rows', form(['other'], watched))).toThrow(CacheError);
  });
});
