import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepsOf, write, type Step } from './follow.js';

const page = (...blocks: string[]): string => blocks.join('\n\n');

describe('the steps of a page', () => {
  it('are its blocks, each with what the line above says of it', () => {
    const steps = stepsOf(
      page('# Title', '**`a.ts`**\n```ts\nconst a = 1;\n\nconst b = 2;\n```', '**`b.ts`**, at the end\n```ts\nc\n```', '**`d.ts`**\n```diff\n+e\n```', '```sh\nls\n```', 'Text\n```json\n{}\n```'),
    );
    expect(steps).toEqual([
      { kind: 'file', path: 'a.ts', text: 'const a = 1;\n\nconst b = 2;\n' },
      { kind: 'append', path: 'b.ts', text: 'c\n' },
      { kind: 'change', path: 'd.ts', text: '+e\n' },
      { kind: 'run', text: 'ls\n' },
      { kind: 'show', language: 'json', text: '{}\n' },
    ]);
  });
});

describe('following a step', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'larder-follow-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const change = (text: string): Step & { kind: 'change' } => ({ kind: 'change', path: 'list.ts', text });
  const content = (path: string): string => readFileSync(join(directory, path), 'utf8');

  it('makes a file with its folders, never in the place of another', () => {
    expect(write({ kind: 'file', path: 'x/y.ts', text: 'y\n' }, directory)).toBe('x/y.ts');
    expect(content('x/y.ts')).toBe('y\n');
    expect(() => write({ kind: 'file', path: 'x/y.ts', text: 'z\n' }, directory)).toThrow('x/y.ts is to be new');
  });

  it('adds to the end of the one file that fits', () => {
    mkdirSync(join(directory, 'drizzle'));
    writeFileSync(join(directory, 'drizzle/0007_added.sql'), 'create;');
    expect(write({ kind: 'append', path: 'drizzle/*_added.sql', text: 'grant;\n' }, directory)).toBe('drizzle/0007_added.sql');
    expect(content('drizzle/0007_added.sql')).toBe('create;\ngrant;\n');
    expect(() => write({ kind: 'append', path: 'drizzle/*_gone.sql', text: '' }, directory)).toThrow('fits no file');
  });

  it('changes lines between lines, each in the one place where they are', () => {
    writeFileSync(join(directory, 'list.ts'), 'a\nb\nc\nb\n');
    write(change(' a\n+new\n@@\n-c\n+d\n b\n'), directory);
    expect(content('list.ts')).toBe('a\nnew\nb\nd\nb\n');
    expect(() => write(change(' b\n+x\n'), directory)).toThrow('in 2 places');
    expect(() => write(change(' gone\n+x\n'), directory)).toThrow('in 0 places');
  });
});
