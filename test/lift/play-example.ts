import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What an example is asked, and how its answers say that they come from the cache. */
export interface Example {
  readonly file: string;
  /** Beside larder and its peers. */
  readonly packages: readonly string[];
  readonly query: string;
  readonly before: unknown;
  readonly mutation: string;
  readonly after: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly isHit: (answer: Answer) => boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: { readonly data?: unknown; readonly errors?: unknown; readonly extensions?: { readonly cache?: Readonly<Record<string, { readonly outcome: string }>> } };
}

const BOOKS = '{ books { title } }';
const RENAME = 'mutation { rename(id: 1, title: "Sanditon") { title } }';
const listed = (...titles: string[]): unknown => ({ books: titles.map((title) => ({ title })) });
const saysHit = ({ headers }: Answer): boolean => /^Larder; hit/.test(headers.get('cache-status') ?? '');

export const EXAMPLES: readonly Example[] = [
  { file: 'node-http', packages: [], query: BOOKS, before: listed('Emma', 'Persuasion'), mutation: RENAME, after: listed('Sanditon', 'Persuasion'), headers: {}, isHit: saysHit },
  {
    file: 'express',
    packages: ['express@5.3.0', '@as-integrations/express5@1.1.2', '@types/express@5'],
    query: BOOKS,
    before: listed('Emma', 'Persuasion'),
    mutation: RENAME,
    after: listed('Sanditon', 'Persuasion'),
    headers: { 'larder-explain': '1' },
    isHit: (answer) => saysHit(answer) && answer.json.extensions?.cache?.['books']?.outcome === 'hit',
  },
  {
    file: 'fastify',
    packages: ['fastify@5.12.8'],
    query: BOOKS,
    before: listed('Emma'),
    mutation: 'mutation { addBook(title: "Sanditon") { title } }',
    after: listed('Emma', 'Sanditon'),
    headers: { 'x-tenant': 'north' },
    isHit: saysHit,
  },
];

export interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts an example; resolves when it has printed its address. @throws Error with what it printed instead. */
export async function startExample(args: readonly string[], { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }): Promise<Started> {
  const child = spawn(process.execPath, [...args], { cwd, env: { ...process.env, ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const [, address] = /^(http:\/\/\S+)$/m.exec(output) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('exit', () => {
      reject(new Error(`${args.join(' ')} ended: ${output}`));
    });
  });
  return { url, stop };
}

/** A query twice, a mutation, the query again: what the answers were. `send` may be a client's own fetch. */
export async function play(url: string, example: Example, send: typeof fetch = fetch): Promise<readonly Answer[]> {
  const ask = async (query: string): Promise<Answer> => {
    const response = await send(url, { method: 'POST', headers: { 'content-type': 'application/json', ...example.headers }, body: JSON.stringify({ query }) });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] };
  };
  const answers: Answer[] = [];
  for (const query of [example.query, example.query, example.mutation, example.query, example.query]) answers.push(await ask(query));
  return answers;
}

/** What is wrong with the answers; nothing, as it should be. */
export function faultsOf(example: Example, [first, second, written, third, fourth]: readonly Answer[]): readonly string[] {
  const shows = (answer: Answer | undefined, data: unknown): boolean => JSON.stringify(answer?.json.data) === JSON.stringify(data);
  const checks: readonly (readonly [string, boolean])[] = [
    ['the first answer is right', shows(first, example.before)],
    ['the first answer is no hit', first !== undefined && !example.isHit(first)],
    ['the second answer is right', shows(second, example.before)],
    ['the second answer is a hit', second !== undefined && example.isHit(second)],
    ['the mutation is answered with its position', /^[0-9a-f-]{36}:\d+$/.test(written?.headers.get('larder-position') ?? '')],
    ['the answer after the mutation shows it', shows(third, example.after)],
    ['the answer after that is a hit again', fourth !== undefined && shows(fourth, example.after) && example.isHit(fourth)],
  ];
  return checks.filter(([, holds]) => !holds).map(([check]) => `${example.file}: not so: ${check}`);
}
