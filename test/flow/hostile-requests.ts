/** What is sent to a server that must not mind. */
export interface HostileRequest {
  readonly kind: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** Always the same numbers from the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and without, the bound. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

const JSON_TYPE = { 'content-type': 'application/json', 'x-tenant': 'downtown' };
const CATEGORIES = '{ categories { id slug } }';
const MEDICINE = 'query ($id: ID!) { medicine(id: $id) { id } }';
const MEDICINES = 'query ($first: Int) { medicines(first: $first) { edges { node { id } } } }';
const SELL = 'mutation ($input: SellMedicineInput!) { sellMedicine(input: $input) { total { amount } } }';
const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }';

const GIANTS = ['1e999', '-1e400', '99999999999999999999999999', '2147483648', '-2147483649', '1.5', '1e308', '9007199254740993', '0.1e-7'];
const WRONG = ['true', '"one"', '[]', '{}', '[[1]]', '{"a":1}', '"\\ud800"', '""', '[1,2]'];
const POISONED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];

type Make = (dice: Dice) => Omit<HostileRequest, 'kind'>;

const post = (body: Buffer | string, headers: Readonly<Record<string, string>> = JSON_TYPE): Omit<HostileRequest, 'kind'> => ({
  method: 'POST',
  path: '/graphql',
  headers,
  body: typeof body === 'string' ? Buffer.from(body) : body,
});
const ask = (query: string, variables?: string): Omit<HostileRequest, 'kind'> =>
  post(`{"query":${JSON.stringify(query)}${variables === undefined ? '' : `,"variables":${variables}`}}`);
const get = (search: string, headers: Readonly<Record<string, string>> = { 'x-tenant': 'downtown' }): Omit<HostileRequest, 'kind'> => ({ method: 'GET', path: `/graphql?${search}`, headers, body: null });

/** Each answers a request that no client that means well would send, and that no server may take for one of those. */
const KINDS: Readonly<Record<string, Make>> = {
  'broken JSON': (dice) => {
    const whole = `{"query":${JSON.stringify(CATEGORIES)},"variables":{"a":[1,2,{"b":"c"}]}}`;
    const at = 1 + dice.below(whole.length - 2);
    return post(dice.pick([whole.slice(0, at), `${whole}${dice.pick(['}', ']', ',', '"', 'x', '{}'])}`, whole.replace(':', dice.pick(['=', '', ';'])), whole.slice(0, at) + '\u0001' + whole.slice(at)]));
  },
  'a body that is no object': (dice) => post(dice.pick(['null', 'true', '0', '""', '"{}"', '[]', '[[]]', '[null]', '{}', '[{"query":"{viewer{id}}"}]', ' ', ''])),
  'members of a wrong type': (dice) => {
    const wrong = dice.pick(WRONG.filter((text) => !text.startsWith('"')));
    return post(
      dice.pick([
        `{"query":${wrong}}`,
        `{"query":${JSON.stringify(CATEGORIES)},"variables":${dice.pick(['true', '1', '[]', '"x"', '[{}]'])}}`,
        `{"query":${JSON.stringify(CATEGORIES)},"operationName":${wrong}}`,
        `{"query":${JSON.stringify(CATEGORIES)},"extensions":${dice.pick(['true', '1', '[]', '"x"'])}}`,
        `{"query":${JSON.stringify(CATEGORIES)},"extensions":{"persistedQuery":${wrong}}}`,
        `{"extensions":{"persistedQuery":{"version":${dice.pick(['2', '"1"', 'null', '1e400'])},"sha256Hash":"abc"}}}`,
        `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":${dice.pick(['1', 'null', '{}', '[]', '""', '"\\u0000"', '"../../etc"'])}}}}`,
        `{"query":${JSON.stringify(CATEGORIES)},"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`,
      ]),
    );
  },
  'giant numbers': (dice) => dice.pick([() => ask(MEDICINES, `{"first":${dice.pick(GIANTS)}}`), () => ask(`{ medicines(first: ${dice.pick(GIANTS)}) { edges { cursor } } }`), () => ask(SELL, `{"input":{"medicineId":"x","quantity":${dice.pick(GIANTS)}}}`)])(),
  'values of a wrong type': (dice) => dice.pick([() => ask(MEDICINES, `{"first":${dice.pick(WRONG)}}`), () => ask(MEDICINE, `{"id":${dice.pick(['true', '[]', '{}', 'null', '1.5'])}}`), () => ask(SIGN_IN, `{"input":${dice.pick(['null', 'true', '[]', '"x"', '{"email":1,"password":2}', '{"email":"a"}', '{"email":"a","password":["hunter2"]}'])}}`), () => ask(SELL, `{"input":{"medicineId":{"$ne":null},"quantity":1}}`)])(),
  'deep nesting': (dice) => {
    const depth = 13 + dice.below(20_000);
    return dice.pick([
      () => post('['.repeat(depth)),
      () => post(`{"query":${'['.repeat(depth)}${']'.repeat(depth)}}`),
      () => ask(MEDICINE, `{"id":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`),
      () => ask('{ a '.repeat(depth)),
      () => ask(`${'{ viewer '.repeat(depth)}${'}'.repeat(depth)}`),
      () => ask(`{ medicine(id: ${'['.repeat(depth)}${']'.repeat(depth)}) { id } }`),
      () => ask(`query ($a: ${'['.repeat(depth)}Int${']'.repeat(depth)}) { viewer { id } }`),
      () => ask(`{ ${'... { '.repeat(depth)} viewer { id } ${'} '.repeat(depth)}}`),
    ])();
  },
  'null characters': (dice) =>
    dice.pick([
      () => ask(MEDICINE, '{"id":"a\\u0000b"}'),
      () => ask('{ categories { id } }\u0000'),
      () => ask(SIGN_IN, '{"input":{"email":"a\\u0000@b","password":"\\u0000"}}'),
      () => ask(MEDICINE, '{"id":"x","\\u0000":1}'),
      () => post(Buffer.from([0x7b, 0x00, 0x7d])),
      () => get(`query=${encodeURIComponent(CATEGORIES)}%00`),
      () => get(`query=${encodeURIComponent(MEDICINE)}&variables=${encodeURIComponent('{"id":"\\u0000"}')}`),
    ])(),
  'wrong content types': (dice) => {
    const body = JSON.stringify({ query: CATEGORIES });
    const type = dice.pick(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/graphql', 'multipart/form-data; boundary=x', 'multipart/form-data', 'application/json; charset=utf-16', 'application/json; charset="latin1"', 'application/octet-stream', 'json', 'application/', '/json', 'application/jsonp', '*/*', 'text/html;charset=', 'image/svg+xml', 'application/msgpack']);
    return post(body, { 'content-type': type, 'x-tenant': 'downtown' });
  },
  'hostile headers': (dice) => {
    const body = Buffer.from(JSON.stringify({ query: CATEGORIES }));
    const headers = dice.pick<Record<string, string>>([
      { authorization: `Bearer ${'x'.repeat(600)}` },
      { authorization: 'Bearer a b' },
      { authorization: 'Basic eDp5' },
      { authorization: 'Bearer \u00ff\u00fe' },
      { authorization: "Bearer ' or 1=1 --" },
      { authorization: 'Bearer unknown' },
      { 'x-tenant': '../../etc/passwd' },
      { 'x-tenant': "downtown'; drop table tenants; --" },
      { 'x-tenant': 'downtown\u00e9' },
      { 'x-tenant': 'x'.repeat(1_000) },
      { 'x-tenant': '__proto__' },
      { 'x-tenant': 'constructor' },
      { accept: 'image/png' },
      { 'content-length': '-1' },
      { 'content-length': '1e3' },
      { 'content-length': '3, 4' },
      { 'transfer-encoding': 'chunked, identity' },
      { 'x-filler': 'x'.repeat(20_000) },
      { 'content-type': 'application/json\t;\tcharset=\u00ff' },
      { expect: '200-maybe', 'content-type': 'text/plain' },
    ]);
    return { method: 'POST', path: '/graphql', headers: { ...JSON_TYPE, ...headers }, body };
  },
  'injected headers': (dice) => {
    // Written as they are: a client library would refuse to.
    const broken = dice.pick(['x-tenant: downtown\r\n x-folded: 1', 'x-tenant: down\ntown', 'x-a: b\r\rx-c: d', 'x tenant: a', ': empty', 'x-a\u0000: b', 'x-a: \u0000', 'no colon', 'transfer-encoding: chunked\r\ncontent-length: 4', 'content-length: 4\r\ncontent-length: 5']);
    return { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', raw: broken }, body: Buffer.from('{"query"') };
  },
  'hostile hosts': (dice) => ({ ...ask('{ nothing }'), headers: { ...JSON_TYPE, host: dice.pick(['a b', '[::1', ':', '%00', '<script>', 'evil.example:99999', '@', '?', '#', '\\']) } }),
  'prototype keys': (dice) => {
    const key = dice.pick(POISONED);
    return dice.pick([
      () => post(`{"query":${JSON.stringify(MEDICINE)},"variables":{"id":{"${key}":{"polluted":true}}}}`),
      () => post(`{"__proto__":{"query":${JSON.stringify(CATEGORIES)}}}`),
      () => post(`{"query":${JSON.stringify(CATEGORIES)},"constructor":{"prototype":{"polluted":true}}}`),
      () => ask(SIGN_IN, `{"input":{"${key}":{"polluted":true}}}`),
      () => ask(`{ ${key} }`),
      () => ask(`{ categories { ${key} } }`),
      () => ask(`query ${key} { viewer { ${key} } }`),
      () => ask(`{ viewer { id } } fragment ${key} on ${key} { id }`),
      () => post(`{"query":"query A { viewer { id } }","operationName":"${key}"}`),
    ])();
  },
  'huge variables': (dice) =>
    dice.pick([
      () => ask(MEDICINE, `{"id":[${'1,'.repeat(100_000)}1]}`),
      () => ask(MEDICINE, `{"id":"x","filler":"${'x'.repeat(1_100_000)}"}`),
      () => ask(SIGN_IN, `{"input":{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":${at}`).join()}}}`),
      () => ask(`query (${Array.from({ length: 1_000 }, (_, at) => `$v${at}: Int`).join(' ')}) { viewer { id } }`),
    ])(),
  'invalid UTF-8': (dice) => {
    const bad = dice.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf], [0xe2, 0x82]]);
    return post(Buffer.concat([Buffer.from('{"query":"{ categories { id } } #'), Buffer.from(bad), Buffer.from('"}')]));
  },
  'GET variants': (dice) =>
    dice.pick([
      () => get(''),
      () => get('query='),
      () => get(`query=${encodeURIComponent(CATEGORIES)}&query=${encodeURIComponent(CATEGORIES)}`),
      () => get(`query=${encodeURIComponent(CATEGORIES)}`, {}),
      () => get(`query=${encodeURIComponent('mutation { signOut }')}`),
      () => get(`query=${encodeURIComponent(CATEGORIES)}&variables=${dice.pick(['{', '[]', '1', '"x"', 'null', '%7B%22a', 'undefined'])}`),
      () => get(`query=${encodeURIComponent(CATEGORIES)}&extensions=${dice.pick(['{', '[]', '1', '"x"', '%7B%22a'])}`),
      () => get(`query=${encodeURIComponent(CATEGORIES)}`, { 'x-tenant': 'downtown', 'content-type': 'text/plain' }),
      () => get(`query[]=${encodeURIComponent(CATEGORIES)}`),
      () => get(`query=${'%'.repeat(1 + dice.below(5))}`),
      () => get(`query=%ff%fe${encodeURIComponent(CATEGORIES)}`),
      () => get('extensions={"persistedQuery":{"version":1,"sha256Hash":{}}}'.replace(/["{}]/g, encodeURIComponent)),
    ])(),
  'other methods and addresses': (dice) =>
    dice.pick<Omit<HostileRequest, 'kind'>>([
      { ...ask(CATEGORIES), method: 'PUT' },
      { ...ask(CATEGORIES), method: 'PATCH' },
      { ...ask(CATEGORIES), method: 'DELETE' },
      { ...ask(CATEGORIES), path: '/graphql/' },
      { ...ask(CATEGORIES), path: '//graphql' },
      { ...ask(CATEGORIES), path: '/graphql/../admin' },
      { ...ask(CATEGORIES), path: '/%' },
      { ...ask(CATEGORIES), path: '/%00' },
      { ...ask(CATEGORIES), path: '/graphql%2f..%2f' },
      { ...ask(CATEGORIES), path: `/${'a'.repeat(4_000)}` },
      { ...get(''), path: '/.env' },
      { ...get(''), path: '/health/../../etc/passwd' },
      { ...ask(CATEGORIES), path: '/health/live' },
    ]),
  'documents that are none': (dice) => {
    const marks = ['{', '}', '(', ')', '$', '@', '...', '!', '"', '"""', '#', ':', '=', '|', '&', '\\', '\u2028', '\ufeff', 'query', 'on', 'fragment', 'null', '0x1', '1.', '-', '🙂'];
    return ask(`{ ${Array.from({ length: 1 + dice.below(30) }, () => dice.pick(marks)).join(dice.pick(['', ' ']))}`);
  },
  'documents that mean nothing': (dice) =>
    ask(
      dice.pick([
        '{ ...A } fragment A on Query { ...A }',
        '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
        'query A { viewer { id } } query A { viewer { id } }',
        '{ viewer { id } } { viewer { id } }',
        'subscription { viewer { id } }',
        'type Query { a: Int }',
        'query ($a: Int, $a: Int) { viewer { id } }',
        '{ viewer @defer { id } }',
        '{ viewer { ... @stream { id } } }',
        '{ viewer @include { id } }',
        '{ viewer @nothing { id } }',
        '{ medicine { id } }',
        '{ medicine(id: "1", id: "2") { id } }',
        '{ a: viewer { id } a: tenant { slug } }',
        `{ ${'viewer { id } '.repeat(31)} }`,
        `{ ${Array.from({ length: 31 }, (_, at) => `a${at}: viewer { id }`).join(' ')} }`,
        '{ topMedicines(first: 200) { product { group { variants { group { variants { id } } } } } } }',
        `{ categories { ${'id '.repeat(2_100)} } }`,
      ]),
    ),
};

/** So many requests, of all kinds in turn. */
export function hostileRequests(count: number, seed: number): readonly HostileRequest[] {
  const dice = new Dice(seed);
  const kinds = Object.entries(KINDS);
  return Array.from({ length: count }, (_, at) => {
    const [kind, make] = kinds[at % kinds.length] as [string, Make];
    return { kind, ...make(dice) };
  });
}
