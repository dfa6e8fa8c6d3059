import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from './read-password.js';

function terminal({ isTTY }: { readonly isTTY: boolean }) {
  let shown = '';
  const output = new Writable({
    write: (text: Buffer, _, done) => {
      shown += text.toString();
      done();
    },
  });
  return { input: Object.assign(new PassThrough(), { isTTY }), output, shown: () => shown };
}

/** Types each line once it is asked for. */
function type({ input, shown }: ReturnType<typeof terminal>, lines: readonly string[]): void {
  const left = [...lines];
  let seen = 0;
  const timer = setInterval(() => {
    const prompts = shown().match(/: /g)?.length ?? 0;
    if (prompts <= seen) return;
    seen = prompts;
    const next = left.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\r`);
    if (left.length === 0 && next === undefined) clearInterval(timer);
  }, 1);
  timer.unref();
}

describe('a new password', () => {
  it('is the first line of standard input, byte for byte', async () => {
    const { input, output } = terminal({ isTTY: false });
    input.end(' pässword with spaces \r\nsecond line\n');
    expect(await readPassword({ input, output }, { fromStdin: true })).toBe(' pässword with spaces ');
  });

  it('is asked for twice, and never shown', async () => {
    const at = terminal({ isTTY: true });
    type(at, ['hunter2', 'hunter2']);
    expect(await readPassword(at, { fromStdin: false })).toBe('hunter2');
    expect(at.shown()).toBe('Password: \nOnce more: \n');
  });

  it('is refused when the two differ', async () => {
    const at = terminal({ isTTY: true });
    type(at, ['hunter2', 'hunter3']);
    await expect(readPassword(at, { fromStdin: false })).rejects.toMatchObject({ code: 'PASSWORDS_DIFFER', exitCode: 2 });
  });

  it.each([[{ isTTY: false, fromStdin: false }], [{ isTTY: false, fromStdin: true }], [{ isTTY: true, fromStdin: false }]])('is needed: %j', async ({ isTTY, fromStdin }) => {
    const { input, output } = terminal({ isTTY });
    input.end('');
    await expect(readPassword({ input, output }, { fromStdin })).rejects.toMatchObject({ code: 'PASSWORD_REQUIRED' });
  });
});
