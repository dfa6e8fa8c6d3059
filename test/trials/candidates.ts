/** A document of a family: the larger the size the more it asks; the nonce makes its text a new one. */
export interface Family {
  readonly name: string;
  /** Sizes from 1 to this are tried. */
  readonly largest: number;
  readonly body: (size: number, nonce: number) => string;
}

const document = (name: string, largest: number, text: (size: number, nonce: number) => string): Family => ({
  name,
  largest,
  body: (size, nonce) => JSON.stringify({ query: `${text(size, nonce)} #${nonce}` }),
});
const times = (count: number, text: string | ((at: number) => string)): string => Array.from({ length: count }, (_, at) => (typeof text === 'string' ? text : text(at))).join(' ');

const PRODUCT_FIELDS = 'id tradeName strength dosageForm route ingredients manufacturer manufacturerFullName marketingStatus teCode approvalDate referenceListed';
/** Two letters that occur in many names. */
const letters = (nonce: number): string => String.fromCharCode(97 + (nonce % 26), 97 + (Math.floor(nonce / 26) % 26));

/** What may cost much: for each family the largest size that is admitted is looked for, since the limits may change. */
export const FAMILIES: readonly Family[] = [
  document('the same root field', 2_000, (n) => `{ ${times(n, 'tenant { slug }')} }`),
  document('the same leaf', 2_000, (n) => `{ tenant { ${times(n, 'slug')} } }`),
  document('the same field below another', 2_000, (n) => `{ medicine(id: "x") { ${times(n, 'product { group { id } }')} } }`),
  document('the same fields in the same fields', 60, (n) => `{ medicine(id: "x") { ${times(n, `product { ${times(n, 'id')} }`)} } }`),
  document('the same, three levels', 20, (n) => `{ medicine(id: "x") { ${times(n, `product { ${times(n, `group { ${times(n, 'id')} }`)} }`)} } }`),
  document('the same, five levels', 6, (n) => `{ medicines { ${times(n, `edges { ${times(n, `node { ${times(n, `product { ${times(n, `group { ${times(n, 'id')} }`)} }`)} }`)} }`)} } }`),
  document('all fields often', 100, (n) => `{ product(id: "x") { ${times(n, PRODUCT_FIELDS)} } }`),
  document('the same field with an argument', 2_000, (n) => `{ categories { ${times(n, 'name(language: "en")')} } }`),
  document('the same field with a long argument', 400, (n) => `{ categories { ${times(n, `name(language: "${'x'.repeat(2_500)}")`)} } }`),
  document('the same field with a longer argument', 20, (n) => `{ categories { ${times(n, `name(language: "${'x'.repeat(50_000)}")`)} } }`),
  document('the same field with an object', 400, (n) => `{ categories { ${times(n, 'name(language: { a: { c: 1, b: 2 } })')} } }`),
  document('a field with arguments that differ', 2_000, (n) => `{ categories { ${times(n, (at) => `name(language: "l${at}")`)} } }`),
  document('inline fragments beside each other', 2_000, (n) => `{ ${times(n, '... { tenant { slug } }')} }`),
  document('inline fragments in each other', 900, (n) => `{ ${'... { '.repeat(n)} tenant { slug } ${'} '.repeat(n)}}`),
  document('fragments beside each other', 1_000, (n) => `{ ${times(n, (at) => `...F${at}`)} } ${times(n, (at) => `fragment F${at} on Query { tenant { ${PRODUCT_TENANT[at % 4]} } }`)}`),
  document('one fragment spread often', 2_000, (n) => `{ ${times(n, '...F')} } fragment F on Query { tenant { id slug name currency } }`),
  document('fragments below the same field', 1_000, (n) => `{ ${times(n, (at) => `tenant { ...F${at} }`)} } ${times(n, (at) => `fragment F${at} on Tenant { slug }`)}`),
  document('fragments in fragments, twice each', 400, (n) => `{ ...F0 } ${times(n, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${n} on Query { tenant { slug } }`),
  document('a chain of fragments below many operations', 400, (n) => `${times(n, (at) => `query Q${at} { ...F0 }`)} ${times(n, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F${n} on Query { tenant { slug } }`),
  document('unknown fields', 2_000, (n) => `{ tenant { ${times(n, (at) => `currencie${at}`)} } }`),
  document('variables', 1_000, (n) => `query (${times(n, (at) => `$v${at}: ID = "x"`)}) { nodes(ids: [${times(n, (at) => `$v${at}`)}]) { id } }`),
  document('ids in a list', 2_000, (n, nonce) => `{ nodes(ids: [${times(n, (at) => `"${nonce}-${at}"`)}]) { id } }`),
  document('one long string', 1_040_000, (n) => `{ medicine(id: "${'x'.repeat(n)}") { name } }`),
  document('a block string of many lines', 500_000, (n) => `{ medicine(id: """${'\n'.repeat(n)}""") { name } }`),
  document('a long comment', 1_040_000, (n) => `{ tenant { slug } } #${'x'.repeat(n)}`),
  document('large pages', 30, (n, nonce) => `{ ${times(n, (at) => `c${at}: catalogue(first: 200, search: "${letters(nonce * 31 + at)}") { edges { node { ${PRODUCT_FIELDS} } } }`)} }`),
  document('large pages of medicines', 30, (n, nonce) => `{ ${times(n, (at) => `m${at}: medicines(first: 200, search: "${letters(nonce * 31 + at)}") { edges { node { id name rank product { ${PRODUCT_FIELDS} group { tradeName } } category { name } } } }`)} }`),
  {
    name: 'variables that nothing declares',
    largest: 70_000,
    body: (n, nonce) => JSON.stringify({ query: '{ tenant { slug } }', variables: Object.fromEntries(Array.from({ length: n }, (_, at) => [`k${at}`, nonce])) }),
  },
];
const PRODUCT_TENANT = ['id', 'slug', 'name', 'currency'];

/** The largest size from 1 to `largest` that is admitted, where smaller ones are, too; 0 when none is. */
export async function largestAdmitted(largest: number, isAdmitted: (size: number) => Promise<boolean>): Promise<number> {
  let admitted = 0;
  let refused = largest + 1;
  for (let size = largest; refused - admitted > 1; size = (admitted + refused) >> 1) {
    if (await isAdmitted(size)) admitted = size;
    else refused = size;
  }
  return admitted;
}

/** Whether a code says that a limit refused the request: what is merely wrong was admitted, and cost what it cost. */
export function isLimit(code: string | null): boolean {
  return code !== null && (/^TOO_|_TOO_/.test(code) || code === 'HTTP 413');
}

/** Bodies of exactly this many bytes which a server refuses. */
export function refusedBodies(bytes: number): Readonly<Record<string, string>> {
  const fill = (before: string, part: string, after: string): string => {
    const count = Math.floor((bytes - before.length - after.length) / part.length);
    const body = before + part.repeat(count) + after;
    return body + ' '.repeat(bytes - body.length);
  };
  const nesting = Math.floor((bytes - 60) / 2);
  const nested = `{"query":"{ tenant { slug } }","variables":{"a":${'['.repeat(nesting)}${']'.repeat(nesting)}}}`;
  return {
    'nested brackets': nested + ' '.repeat(bytes - nested.length),
    'a document of many tokens': fill('{"query":"{ tenant { ', 'slug ', '} }"}'),
    'a document of many tokens, escaped': fill('{"query":"{ tenant { ', 'slug\\n', '} }"}'),
    'a query that is a list': fill('{"query":[0', ',0', ']}'),
    'a list of operations': fill('[{"query":"{ tenant { slug } }"}', ',{"query":"{ tenant { slug } }"}', ']'),
  };
}
