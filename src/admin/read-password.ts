import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { CommandError } from './command-error.js';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * A new password: the first line of standard input, for scripts; else asked for twice, and shown to nobody.
 *
 * @throws CommandError when there is nobody to ask, or the two differ.
 */
export async function readPassword({ input, output }: Terminal, { fromStdin }: { readonly fromStdin: boolean }): Promise<string> {
  if (fromStdin) return firstLine(input);
  if (input.isTTY !== true) throw new CommandError('There is no terminal to ask for the password: give it with --password-stdin.', 'PASSWORD_REQUIRED', 2);
  // What is typed would be repeated on whatever the interface writes to.
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  const closed = new Promise<never>((_, reject) => lines.once('close', () => reject(new CommandError('No password was given.', 'PASSWORD_REQUIRED', 2))));
  closed.catch(() => undefined);
  const ask = async (prompt: string): Promise<string> => {
    output.write(prompt);
    const answer = await Promise.race([new Promise<string>((resolve) => lines.question('', resolve)), closed]);
    output.write('\n');
    return answer;
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('Once more: ')) !== password) throw new CommandError('The two passwords differ.', 'PASSWORDS_DIFFER', 2);
    return password;
  } finally {
    lines.close();
  }
}

async function firstLine(input: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(Buffer.from(part as Buffer));
  const [line = ''] = Buffer.concat(parts).toString('utf8').split(/\r?\n/);
  if (line === '') throw new CommandError('Standard input has no password.', 'PASSWORD_REQUIRED', 2);
  return line;
}
