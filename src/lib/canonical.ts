export type MemberOrder = 'sorted' | 'outer' | 'kept';

/**
 * A typed, injective text form of plain data: two values have the same text exactly when they are the same value.
 *
 * Every value starts with a letter for its type and every string carries its length, so that no value can imitate
 * another (`1` and `"1"`, null and absent, `{a:"1",b:"2"}` and `{a:"1b:2"}` differ). Members that are `undefined` count as
 * absent. `-0` is `0`, as in JSON and GraphQL.
 *
 * @param order of the members of objects. `sorted`: by name. `kept`: as given, where order is part of the value. `outer`: sorted
 *   in the outermost object, whose members are named arguments, and kept inside.
 * @throws TypeError for what is not plain data (functions, symbols, class instances, NaN): it has no identity to key by.
 */
export function canonical(value: unknown, order: MemberOrder = 'sorted'): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be part of a cache key`);
      return `n${value === 0 ? 0 : value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'bigint':
      return `i${value};`;
    case 'undefined':
      return 'u';
    case 'object':
      return value === null ? '0' : canonicalObject(value, order);
    default:
      throw new TypeError(`a ${typeof value} cannot be part of a cache key`);
  }
}

function canonicalObject(value: object, order: MemberOrder): string {
  const inside = order === 'outer' ? 'kept' : order;
  if (Array.isArray(value)) {
    let text = `a${value.length}:`;
    for (const item of value) text += canonical(item, inside);
    return text;
  }
  if (value instanceof Date) {
    // An invalid date has no time to tell it from another invalid date.
    if (Number.isNaN(value.getTime())) throw new TypeError('an invalid Date cannot be part of a cache key');
    return `d${value.getTime()};`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor.name} cannot be part of a cache key`);
  }
  const members = value as Record<string, unknown>;
  let text = '';
  let count = 0;
  const names = Object.keys(members);
  if (order !== 'kept') names.sort();
  for (const name of names) {
    if (members[name] === undefined) continue;
    count++;
    text += `${name.length}:${name}${canonical(members[name], inside)}`;
  }
  return `o${count}:${text}`;
}
