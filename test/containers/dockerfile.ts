import { execFile } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix, relative } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Instruction {
  readonly name: string;
  /** `--from=build` as `from: 'build'`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** One `FROM` and what follows it. */
export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile. Heredocs and escape directives are not understood. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const instructions = lines.join('\n').replace(/\\\n/g, ' ').split('\n').map(parseInstruction);
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      const [image = '', , name = null] = instruction.rest.split(/\s+/);
      stages.push({ image, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${instruction.name} stands before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function parseInstruction(line: string): Instruction {
  const [, name = '', tail = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const flags: Record<string, string> = {};
  let rest = tail.trim();
  for (let match; (match = /^--([\w-]+)=(\S+)\s+/.exec(rest)); rest = rest.slice(match[0].length)) flags[match[1] as string] = match[2] as string;
  return { name: name.toUpperCase(), flags, rest };
}

/** The words of a command in exec form, `["node", "main.js"]`. @throws Error for the shell form, which gets no signals. */
export function execForm(text: string): readonly [string, ...string[]] {
  const words: unknown = text.startsWith('[') ? JSON.parse(text) : null;
  if (!Array.isArray(words) || words.length === 0) throw new Error(`"${text}" is not in exec form`);
  return words as [string, ...string[]];
}

/** What `.dockerignore` leaves of a directory: the last pattern that fits a path, or a folder it is in, decides. */
export function buildContext(directory: string): readonly string[] {
  const rules = readFileSync(join(directory, '.dockerignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  const kept: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(join(directory, path))) {
      if (path === '' && ['node_modules', '.git'].includes(name)) continue;
      const below = posix.join(path, name);
      // What others make and remove meanwhile is none of it.
      const found = statSync(join(directory, below), { throwIfNoEntry: false });
      if (found === undefined) continue;
      if (found.isDirectory()) visit(below);
      else if (rules.reduce((keep, rule) => (fits(below, rule.pattern) ? rule.keep : keep), true)) kept.push(below);
    }
  };
  visit('');
  return kept;
}

function patternOf(glob: string): RegExp {
  const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*|\?/g, (wild) => ({ '**/': '(?:.*/)?', '*': '[^/]*', '?': '[^/]' })[wild] ?? wild);
  return new RegExp(`^${source}$`);
}

function fits(path: string, pattern: RegExp): boolean {
  const parts = path.split('/');
  return parts.some((_, length) => pattern.test(parts.slice(0, length + 1).join('/')));
}

/** A stage that was built: a folder that stands for the root of its file system, and how a container would start in it. */
export interface Built {
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly command: string | null;
  readonly healthcheck: string | null;
  readonly stopSignal: string;
}

export interface BuildOptions {
  /** Where the sources are; only what `.dockerignore` leaves of them can be copied. */
  readonly context: string;
  /** An empty folder for the stages. */
  readonly directory: string;
  /** Of the machine, for `RUN`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whom `--chown` gives files to, whatever user it names; null: they stay with whoever builds. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** Does on this machine, with its Node, what a builder would do in containers. @returns the last stage. */
export async function build(stages: readonly Stage[], options: BuildOptions): Promise<Built> {
  const files = buildContext(options.context);
  const built = new Map<string, string>();
  let last: Built | undefined;
  for (const [index, stage] of stages.entries()) {
    const root = join(options.directory, `stage-${index}`);
    last = await buildStage(stage, root, { ...options, files, built });
    built.set(stage.name ?? String(index), root);
  }
  if (last === undefined) throw new Error('there is no stage');
  return last;
}

interface StageOptions extends BuildOptions {
  readonly files: readonly string[];
  readonly built: ReadonlyMap<string, string>;
}

type Draft = { -readonly [Name in keyof Built]: Built[Name] };

async function buildStage({ instructions }: Stage, root: string, options: StageOptions): Promise<Built> {
  const stage: Draft = { root, workdir: '/', env: {}, user: null, command: null, healthcheck: null, stopSignal: 'SIGTERM' };
  mkdirSync(root);
  for (const { name, flags, rest } of instructions) {
    if (name === 'WORKDIR') {
      stage.workdir = posix.resolve(stage.workdir, rest);
      mkdirSync(join(root, stage.workdir), { recursive: true });
    } else if (name === 'ENV') {
      stage.env = { ...stage.env, ...Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s) as [string, string])) };
    } else if (name === 'COPY') {
      copy({ flags, rest }, stage, options);
    } else if (name === 'RUN') {
      await run(rest, stage, options);
    } else if (name === 'USER') {
      stage.user = rest;
    } else if (name === 'STOPSIGNAL') {
      stage.stopSignal = rest;
    } else if (name === 'HEALTHCHECK') {
      stage.healthcheck = rest.replace(/^CMD\s+/, '');
    } else if (name === 'CMD') {
      stage.command = rest;
    } else if (name !== 'EXPOSE') {
      throw new Error(`${name} is not understood`);
    }
  }
  return stage;
}

/** As a builder does it: of a folder its content, of a file the file, into a folder where the target ends in a slash. */
function copy({ flags, rest }: Pick<Instruction, 'flags' | 'rest'>, stage: Built, { context, files, built, owner }: StageOptions): void {
  const words = rest.split(/\s+/);
  const target = words.pop() ?? '';
  const intoFolder = target.endsWith('/') || words.length > 1;
  const from = flags['from'] === undefined ? null : built.get(flags['from']);
  if (from === undefined) throw new Error(`COPY --from=${flags['from']}: there is no such stage above`);
  for (const source of words) {
    const origin = join(from ?? context, source);
    const goal = join(stage.root, posix.resolve(stage.workdir, target), intoFolder && !isFolder(origin) ? basename(source) : '');
    const isKept = (path: string): boolean => from !== null || isFolder(path) || files.includes(relative(context, path));
    if (!existsSync(origin) || !isKept(origin) || (from === null && !files.some((path) => path === source || path.startsWith(`${source}/`)))) {
      throw new Error(`COPY ${source}: there is no such thing${from === null ? ' in the build context' : ''}`);
    }
    cpSync(origin, goal, { recursive: true, filter: isKept, verbatimSymlinks: true });
    if (flags['chown'] !== undefined && owner !== null) chownSync(goal, owner.uid, owner.gid);
  }
}

async function run(command: string, stage: Built, { env }: BuildOptions): Promise<void> {
  if (/(^|\s)\//.test(command)) throw new Error(`RUN ${command}: it names a place outside of the work directory`);
  try {
    await execute('sh', ['-c', command], { cwd: join(stage.root, stage.workdir), env: { ...env, ...stage.env } });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${command}\n${stdout}${stderr}`, { cause: error });
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
