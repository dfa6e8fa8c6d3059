import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An example operation: for the playground, and for warming up. */
export interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>> | null;
}

/**
 * Every `*.graphql` of a directory, by name. Comments of the form `# variables: {…}` and `# headers: {…}` at its head give what
 * the operation is sent with.
 *
 * @throws Error naming the file for a comment of this form that is not JSON.
 */
export async function readOperations(directory: string): Promise<Operation[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (name) => parseOperation(name.replace(/\.graphql$/, ''), await readFile(join(directory, name), 'utf8'))),
  );
}

export function parseOperation(name: string, text: string): Operation {
  const read = (member: string): unknown => {
    const json = new RegExp(`^#\\s*${member}:\\s*(\\{.*\\})\\s*$`, 'm').exec(text)?.[1];
    if (json === undefined) return null;
    try {
      return JSON.parse(json);
    } catch {
      throw new Error(`${name}.graphql: the comment "${member}" is not JSON`);
    }
  };
  return {
    name,
    query: `${text.replace(/^#\s*(variables|headers):.*\n/gm, '').trim()}\n`,
    variables: read('variables') as Operation['variables'],
    headers: read('headers') as Operation['headers'],
  };
}
