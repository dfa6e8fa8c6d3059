import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/**
 * The import law and the habits of the house, read from the source with the TypeScript parser. ESLint holds most of them
 * too, from the same table (test/check/rooms.json); here each is a sentence.
 */

interface Import {
  /** Path below src for a file of ours, else the name of a package. */
  readonly to: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

interface SourceFile {
  /** Below src: `cache/core/key.ts`. */
  readonly path: string;
  readonly room: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

const root = join(import.meta.dirname, '..');
const law = JSON.parse(readFileSync(join(root, 'test/check/rooms.json'), 'utf8')) as Record<string, string[]>;
const rooms = Object.keys(law);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { default: string }> };
const exported = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts')));
const DOORS = ['cache/index.ts', 'cache/graphql/index.ts', 'cache/http/index.ts'];
const DRAWERS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'manager', 'base', 'misc']);

const files: SourceFile[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .sort()
  .map(read);

function read(path: string): SourceFile {
  const tree = ts.createSourceFile(path, readFileSync(join(root, 'src', path), 'utf8'), ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const ours = specifier.text.startsWith('.');
    const to = ours ? normalize(join(dirname(path), specifier.text)).replace(/\.js$/, '.ts') : packageOf(specifier.text);
    imports.push({ to, ours, typeOnly });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
  });
  return { path, room: roomOf(path), tree, imports };
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function roomOf(path: string): string {
  return rooms.find((room) => path === room || path.startsWith(`${room}/`)) ?? path;
}

const moduleOf = (path: string): string | undefined => /^modules\/([^/]+)\//.exec(path)?.[1];
const isIn = (place: string, path: string): boolean => path === place || path.startsWith(`${place}/`);
const mayEnter = (from: string, to: string): boolean => from === to || (law[from] ?? []).some((allowed) => isIn(allowed, to));

/** `file -> target` for every import that breaks a rule. */
function offences(breaks: (file: SourceFile, imported: Import) => boolean, of: readonly SourceFile[] = files): string[] {
  return of.flatMap((file) => file.imports.filter((imported) => breaks(file, imported)).map(({ to }) => `${file.path} -> ${to}`));
}

/** `file:line` of every node that breaks a rule. */
function places(found: (node: ts.Node) => boolean, of: readonly SourceFile[] = files): string[] {
  return of.flatMap((file) => {
    const lines: string[] = [];
    walk(file.tree, (node) => {
      if (found(node)) lines.push(`${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    });
    return lines;
  });
}

const engine = files.filter(({ path }) => path.startsWith('cache/'));

describe('who may import whom', () => {
  it('every file lies in a room that the law knows', () => {
    expect(files.filter(({ room }) => !rooms.includes(room)).map(({ path }) => path)).toEqual([]);
  });

  for (const [room, allowed] of Object.entries(law)) {
    it(`${room} imports ${allowed.length === 0 ? 'nothing of the house' : `only ${allowed.join(', ')}`}`, () => {
      const own = files.filter((file) => file.room === room);
      const broken = offences((file, { to, ours }) => ours && to !== 'config.ts' && !mayEnter(file.room, roomOf(to)), own);
      expect(broken).toEqual([]);
    });
  }

  it('any room may import the type of config.ts, only the entries its values', () => {
    const entries = ['main.ts', 'cli.ts'];
    expect(offences((file, { to, typeOnly }) => to === 'config.ts' && !typeOnly && !entries.includes(file.path))).toEqual([]);
  });

  it('every import of a file of ours finds it', () => {
    expect(offences((_, { to, ours }) => ours && !existsSync(join(root, 'src', to)))).toEqual([]);
  });

  it('from outside, the engine is entered through its doors', () => {
    expect(
      offences(({ path }, { to, ours }) => ours && !isIn('cache', path) && isIn('cache', to) && !DOORS.includes(to)),
    ).toEqual([]);
  });

  it('what the package exports imports nothing of the house but the engine and lib', () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const seen = new Set<string>(DOORS);
    for (const path of seen) for (const { to, ours } of byPath.get(path)?.imports ?? []) if (ours) seen.add(to);
    expect([...seen].filter((path) => !isIn('cache', path) && !isIn('lib', path))).toEqual([]);
    expect(exported).toEqual(DOORS);
  });

  it('a module is entered by others through its .module.ts', () => {
    const broken = offences(
      ({ path, room }, { to, ours }) =>
        ours && room === 'modules' && moduleOf(to) !== undefined && moduleOf(to) !== moduleOf(path) && !to.endsWith('.module.ts'),
    );
    expect(broken).toEqual([]);
  });

  it('the shared kit takes only types from the database', () => {
    expect(offences(({ room }, { to, typeOnly }) => room === 'graphql' && isIn('database', to) && !typeOnly)).toEqual([]);
  });

  it('no module imports itself by way of others', () => {
    const graph = new Map<string, Set<string>>();
    for (const { path, imports } of files) {
      const from = moduleOf(path);
      if (from === undefined) continue;
      const targets = graph.get(from) ?? new Set();
      for (const { to } of imports) targets.add(moduleOf(to) ?? from);
      targets.delete(from);
      graph.set(from, targets);
    }
    expect(cycles(graph)).toEqual([]);
  });

  it('no file imports itself by way of others', () => {
    // Imports of types do not run, and neither do cycles of them.
    const run = (file: SourceFile): Import[] => file.imports.filter(({ ours, typeOnly }) => ours && !typeOnly);
    expect(cycles(new Map(files.map((file) => [file.path, new Set(run(file).map(({ to }) => to))])))).toEqual([]);
  });
});

describe('which packages a room may use', () => {
  const engineButGraphql = engine.filter(({ room }) => room !== 'cache/graphql' && room !== 'cache/http');
  const uses = (names: RegExp, of: readonly SourceFile[]): string[] => offences((_, { to, ours }) => !ours && names.test(to), of);
  const outside = (room: string): SourceFile[] => files.filter((file) => file.room !== room);

  it('the engine knows neither Fastify nor type-graphql nor a database', () => {
    expect(uses(/^(@?fastify|@as-integrations|type-graphql|drizzle|postgres|@electric-sql)/, engine)).toEqual([]);
  });

  it('of the engine only cache/graphql imports graphql or Apollo, and cache/http by way of it', () => {
    expect(uses(/^(graphql|@apollo|@graphql-tools)/, engineButGraphql)).toEqual([]);
  });

  it('of the engine only cache/stores talks to Redis', () => {
    expect(
      uses(
        /^(@redis|@keyv|keyv)/,
        engine.filter(({ room }) => room !== 'cache/stores'),
      ),
    ).toEqual([]);
  });

  it('only the server imports Fastify', () => {
    expect(uses(/^(@?fastify|@as-integrations)/, outside('server'))).toEqual([]);
  });

  it('only the database opens connections to PostgreSQL', () => {
    expect(uses(/^(postgres|@electric-sql)/, outside('database'))).toEqual([]);
  });
});

describe('habits of the house', () => {
  it('only config.ts reads the environment', () => {
    const isEnvironment = (node: ts.Node): boolean => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env';
    expect(
      places(
        isEnvironment,
        files.filter(({ path }) => path !== 'config.ts'),
      ),
    ).toEqual([]);
  });

  it('only lib/clock reads the time of day', () => {
    const readsTime = (node: ts.Node): boolean =>
      (ts.isPropertyAccessExpression(node) && node.getText() === 'Date.now') ||
      (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0);
    expect(
      places(
        readsTime,
        files.filter(({ path }) => path !== 'lib/clock.ts'),
      ),
    ).toEqual([]);
  });

  it('there is no any in the engine', () => {
    expect(places((node) => node.kind === ts.SyntaxKind.AnyKeyword, engine)).toEqual([]);
  });

  it('nothing is a default export', () => {
    const isDefault = (node: ts.Node): boolean =>
      ts.isExportAssignment(node) || (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent));
    expect(places(isDefault)).toEqual([]);
  });

  it('no function takes more than three positional parameters, but resolvers, whose four are given', () => {
    const takes = (node: ts.Node): boolean => ts.isFunctionLike(node) && node.parameters.length > 3 && !isResolver(node);
    expect(places(takes)).toEqual([]);
  });

  it('the three doors of the engine are the only index files', () => {
    const indexes = files.map(({ path }) => path).filter((path) => basename(path) === 'index.ts');
    expect(indexes.filter((path) => !DOORS.includes(path))).toEqual([]);
  });

  it('no file or folder is a drawer for what has no place', () => {
    const drawers = files
      .map(({ path }) => path)
      .filter((path) =>
        path
          .replace(/\.ts$/, '')
          .split(/[/.-]/)
          .some((word) => DRAWERS.has(word)),
      );
    expect(drawers).toEqual([]);
  });

  it('names of files and folders are kebab-case', () => {
    const kebab = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/;
    expect(files.map(({ path }) => path).filter((path) => !kebab.test(path))).toEqual([]);
  });

  it('a file above 400 lines says in its head comment why', () => {
    const unexplained = files.filter(({ tree }) => {
      const text = tree.getFullText();
      const head =
        ts
          .getLeadingCommentRanges(text, 0)
          ?.map(({ pos, end }) => text.slice(pos, end))
          .join(' ') ?? '';
      return text.split('\n').length > 400 && !/\blines\b/.test(head);
    });
    expect(unexplained.map(({ path }) => path)).toEqual([]);
  });
});

/** `(parent, args, context, info)` is graphql's own signature. */
function isResolver(node: ts.SignatureDeclaration): boolean {
  return node.parameters.length === 4 && /^_?info$/.test(node.parameters[3]?.name.getText() ?? '');
}

function cycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) found.push([...trail.slice(start), node].join(' -> '));
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
