import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { unannounced } from './breaking-changes.js';

/** Compares schema/schema.graphql with the version it grew from: breaking changes must have been announced. */
const SCHEMA = 'schema/schema.graphql';
const CHANGELOG = 'CHANGELOG.md';

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

/** Where this branch left the main one; on the main branch itself, the commit below what is being worked on. */
function baseCommit(): string | null {
  const head = git('rev-parse', 'HEAD')?.trim();
  if (head === undefined) return null;
  for (const main of ['origin/HEAD', 'origin/main', 'main']) {
    const fork = git('merge-base', 'HEAD', main)?.trim();
    if (fork !== undefined && fork !== head) return fork;
  }
  const changed = git('status', '--porcelain', '--', SCHEMA)?.trim();
  return changed === '' ? (git('rev-parse', '--verify', 'HEAD^')?.trim() ?? null) : head;
}

const base = baseCommit();
const before = base === null ? null : git('show', `${base}:${SCHEMA}`);
if (base === null || before === null) {
  console.log('no earlier version of the schema to compare with');
} else {
  const old = new Set((git('show', `${base}:${CHANGELOG}`) ?? '').split('\n'));
  const newLines = (existsSync(CHANGELOG) ? readFileSync(CHANGELOG, 'utf8') : '').split('\n').filter((line) => !old.has(line));
  const problems = unannounced({ before: buildSchema(before), after: buildSchema(readFileSync(SCHEMA, 'utf8')), newLines });
  console.log(problems.length === 0 ? `nothing breaks unannounced since ${base.slice(0, 8)}` : problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
}
