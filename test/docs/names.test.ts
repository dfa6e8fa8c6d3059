import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/config.js';
import { errorCodes } from '../../src/graphql/errors.js';

/** What the documentation names is there: files, headings, variables. */

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
  .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Variables that are no setting of the service: of compose, of the tests, of the system. */
const OTHERS = [/^LARDER_(DB_PASSWORD|DB_ADMIN_PASSWORD|REDIS_PASSWORD|ADDRESS|PORT|TEST_INSTALL)$/, /^TEST_/];

/** As GitHub names them. */
const anchorsOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

describe.each(pages)('$path', ({ path, text }) => {
  it('links to what is there', () => {
    const links = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
    const broken = links.filter((target) => {
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, linked))) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(join(root, linked), 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names variables that the service knows', () => {
    const families = new Set(Object.keys(VARIABLES).map((name) => name.split('_')[0]));
    const named = [...withoutBlocks(text).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
    const isKnown = (name: string): boolean => name in VARIABLES || name in errorCodes || OTHERS.some((other) => other.test(name));
    const unknown = named.filter((name) => families.has(name.split('_')[0]) && !isKnown(name));
    expect(unknown).toEqual([]);
  });
});
