import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a page tells its reader to do, or shows. */
export type Step =
  /** A new file, an addition to the end of one, or a change within one. */
  | { readonly kind: 'file' | 'append' | 'change'; readonly path: string; readonly text: string }
  | { readonly kind: 'run'; readonly text: string }
  | { readonly kind: 'show'; readonly language: string; readonly text: string };

const FENCE = /^```(\w*)$/;
const TARGET = /^\*\*`([^`]+)`\*\*(, at the end)?$/;

/** The fenced blocks of a page, in order. A line with a file's name above a block says where it goes. */
export function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  let above = '';
  let language: string | null = null;
  let block: string[] = [];
  for (const line of markdown.split('\n')) {
    const fence = FENCE.exec(line);
    if (language === null) {
      if (fence === null) above = line === '' ? above : line;
      else [language, block] = [fence[1] ?? '', []];
    } else if (fence === null) {
      block.push(line);
    } else {
      steps.push(stepOf(TARGET.exec(above), language, `${block.join('\n')}\n`));
      [language, above] = [null, ''];
    }
  }
  return steps;
}

function stepOf(target: RegExpExecArray | null, language: string, text: string): Step {
  const path = target?.[1];
  if (path === undefined) return language === 'sh' ? { kind: 'run', text } : { kind: 'show', language, text };
  if (language === 'diff') return { kind: 'change', path, text };
  return { kind: target?.[2] === undefined ? 'file' : 'append', path, text };
}

/**
 * Writes what a step says into a copy of the tree. @returns the path of the file.
 *
 * @throws Error when what is to be new is there, or what is to be changed is not, or in several places.
 */
export function write(step: Exclude<Step, { kind: 'run' | 'show' }>, directory: string): string {
  const path = resolved(step.path, directory);
  const file = join(directory, path);
  if (step.kind === 'file') {
    if (existsSync(file)) throw new Error(`${path} is to be new, and is there already`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, step.text);
  } else {
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, step.kind === 'append' ? `${before.trimEnd()}\n${path.endsWith('.sql') ? '' : '\n'}${step.text}` : changed(before, step));
  }
  return path;
}

/** A `*` in the name stands for what only a tool knows, such as a migration's number. */
function resolved(path: string, directory: string): string {
  if (!path.includes('*')) return path;
  const [head = '', tail = ''] = basename(path).split('*');
  const found = readdirSync(join(directory, dirname(path))).filter((name) => name.startsWith(head) && name.endsWith(tail));
  if (found.length !== 1) throw new Error(`${path} fits ${found.length === 0 ? 'no file' : found.join(', ')}`);
  return join(dirname(path), found[0] as string);
}

function changed(before: string, { path, text }: { readonly path: string; readonly text: string }): string {
  return text.split(/^@@\n/m).reduce((file, hunk) => {
    const lines = hunk.trimEnd().split('\n');
    const side = (without: string): string[] => lines.filter((line) => !line.startsWith(without)).map((line) => line.slice(1));
    const [old, now] = [side('+'), side('-')];
    const all = file.split('\n');
    const places = all.flatMap((_, at) => (old.every((line, offset) => all[at + offset] === line) ? [at] : []));
    if (places.length !== 1) throw new Error(`${path} has these lines in ${places.length} places, not one:\n${old.join('\n')}`);
    all.splice(places[0] as number, old.length, ...now);
    return all.join('\n');
  }, before);
}
