import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { GraphQLSchema } from 'graphql';
import type { CacheAudit } from '../cache/graphql/index.js';
import type { Config } from '../config.js';
import { CommandError } from './command-error.js';
import { auditCommand, createAdminCommand, healthCommand, migrateCommand, probeCommand, purgeCommand, schemaCommand, seedCommand, statsCommand, type LocalSystem, type Outcome } from './commands.js';
import { examplesText } from './examples.js';
import type { Fetch, Remote } from './remote.js';

/** What the command line is given by the process that it runs in. */
export interface Surroundings {
  /** Standard output and standard error; each text is one or more whole lines. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asked by the commands that need it. @throws an error named ConfigError whose message is for people. */
  readonly config: () => Pick<Config, 'environment' | 'host' | 'port' | 'remote'>;
  /** A new password, from standard input or from the person at the terminal. */
  readonly password: (options: { readonly fromStdin: boolean }) => Promise<string>;
  /** Loaded only by the commands that need it: it is large. */
  readonly system: () => Promise<LocalSystem>;
  readonly schema: () => Promise<GraphQLSchema>;
  /** From the schema and the migrations, without server or database. */
  readonly audit: () => Promise<CacheAudit>;
  readonly fetch?: Fetch;
}

interface RemoteFlags {
  readonly url?: string;
  readonly token?: string;
  readonly tenant?: string;
  readonly json?: true;
  readonly probe?: true;
}

interface PurgeFlags extends RemoteFlags {
  readonly type?: string;
  readonly id?: string;
  readonly field?: string;
  readonly profile?: string;
  readonly tag?: string;
  readonly key?: string;
  readonly everything?: true;
}

interface AdminFlags {
  readonly email: string;
  readonly name: string;
  readonly passwordStdin?: true;
}

interface SeedFlags {
  readonly demo?: true;
}

/** Runs one command. @returns the exit code: 0 done, 1 failed, 2 not a command that could be run. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<0 | 1 | 2> {
  let outcome: Outcome | null = null;
  const json = args.includes('--json');
  const program = commands(around, (said) => (outcome = said));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return failure(error, { err: around.err, json });
  }
  const said = outcome as Outcome | null;
  if (said !== null) around.out(json ? JSON.stringify(said.data, null, 2) : said.text);
  return said?.exitCode ?? 0;
}

function commands(around: Surroundings, say: (outcome: Outcome) => void): Command {
  const { fetch } = around;
  const options = fetch === undefined ? {} : { fetch };
  const url = (flags: RemoteFlags): string => flags.url ?? around.config().remote.url ?? localUrl(around.config());
  const remote = (flags: RemoteFlags): Remote => ({ url: url(flags), token: flags.token ?? around.config().remote.token, tenant: flags.tenant ?? null });

  const program = new Command('larder')
    .description('A multi-tenant GraphQL API whose responses are cached field by field and never stale.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => around.out(text.trimEnd()), writeErr: (text) => around.err(text.trimEnd()) })
    .addHelpText('after', `${examplesText(null)}\n\nExit codes: 0 done, 1 failed (for health: not ready), 2 wrong usage or configuration.`);

  program
    .command('serve')
    .description('start the server, until it is told to stop')
    .action(async () => (await around.system()).serve());
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .option('--json', 'print JSON')
    .action(async () => say(await migrateCommand(await around.system())));
  program
    .command('seed')
    .description('import the catalogue; importing again does no harm')
    .option('--demo', 'with the demo pharmacies and accounts; refused in production')
    .option('--json', 'print JSON')
    .action(async ({ demo }: SeedFlags) =>
      say(await seedCommand(around.system, { demo: demo === true, production: around.config().environment === 'production' })),
    );
  program
    .command('schema')
    .description('print the GraphQL schema')
    .option('--json', 'print JSON')
    .action(async () => say(schemaCommand(await around.schema())));

  program
    .command('audit')
    .description('what is cached how, and whether that contradicts itself; exit code 1 if it does')
    .option('--json', 'print JSON')
    .action(async () => say(auditCommand(await around.audit())));

  remoteCommand(program, 'stats', 'what the cache of a running server has done, and how it is')
    .option('--tenant <slug>', 'the tenant that you administrate')
    .action(async (flags: RemoteFlags) => say(await statsCommand(remote(flags), options)));
  remoteCommand(program, 'purge', 'make cached values of a running server invalid')
    .option('--tenant <slug>', 'only there; alone: everything of the tenant')
    .option('--type <name>', 'everything that read the tables of a GraphQL type, or a table')
    .option('--id <id>', 'with --type: one row')
    .option('--field <name>', 'what a field such as Query.medicines, a loader or a list is made from, and what contains it')
    .option('--profile <name>', 'what everything stored under a profile is made from, and what contains it')
    .option('--tag <tag>', 'everything that depends on a tag')
    .option('--key <key>', 'one stored value, and what shares a tag with it')
    .option('--everything', 'everything')
    .action(async (flags: PurgeFlags) => say(await purge(remote(flags), flags, options)));
  program
    .command('health')
    .description('whether a running server is ready')
    .option('--url <url>', 'of the server (default: LARDER_URL, or on this machine, as configured)')
    .option('--probe', 'instead: write, read and delete a value in database, memory, Redis and ledger, from this machine')
    .option('--json', 'print JSON')
    .action(async (flags: RemoteFlags) => say(flags.probe === true ? await probeCommand(await around.system()) : await healthCommand({ url: url(flags) }, options)));
  program
    .command('admin')
    .description('accounts that administrate the platform')
    .command('create')
    .description('a new one, in the database that is configured')
    .requiredOption('--email <address>', 'what they sign in with')
    .requiredOption('--name <name>', 'how they are called')
    .option('--password-stdin', 'read the password from standard input; else it is asked for')
    .option('--json', 'print JSON')
    .action(async ({ email, name, passwordStdin }: AdminFlags) => {
      const password = await around.password({ fromStdin: passwordStdin === true });
      say(await createAdminCommand(await around.system(), { email, name, password }));
    });
  for (const command of [...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) {
    command.addHelpText('after', () => examplesText(command.parent === program ? command.name() : (command.parent?.name() ?? '')));
  }
  return program;
}

function remoteCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--url <url>', 'of the server (default: LARDER_URL, or on this machine, as configured)')
    .option('--token <token>', 'of an administrator, as signIn returns it (default: LARDER_TOKEN)')
    .option('--json', 'print JSON');
}

async function purge(remote: Remote, flags: PurgeFlags, options: { readonly fetch?: Fetch }): Promise<Outcome> {
  const { tenant, type, id, field, profile, tag, key, everything } = flags;
  if (id !== undefined && type === undefined) throw new CommandError('--id names a row of a type: give --type too.', 'BAD_USER_INPUT', 2);
  const what = id === undefined ? { type } : { entity: { type: type ?? '', id } };
  // Tags and keys name their tenant; the header still says whose admin asks.
  const within = tag === undefined && key === undefined ? tenant : undefined;
  return purgeCommand(remote, { tenant: within, ...what, field, profile, tag, key, everything }, options);
}

function failure(error: unknown, { err, json }: { readonly err: Surroundings['err']; readonly json: boolean }): 0 | 1 | 2 {
  // Help and version end this way, too; what is wrong with the arguments has been said.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, code, exitCode } = described(error);
  err(json ? JSON.stringify({ error: { code, message } }) : `${code}: ${message}`);
  return exitCode;
}

function described(error: unknown): { readonly message: string; readonly code: string; readonly exitCode: 1 | 2 } {
  if (error instanceof CommandError) return error;
  if (error instanceof Error && error.name === 'ConfigError') return { message: error.message, code: 'CONFIG_INVALID', exitCode: 2 };
  const { code, extensions } = (error ?? {}) as { readonly code?: unknown; readonly extensions?: { readonly code?: unknown } };
  const known = code ?? extensions?.code;
  return { message: error instanceof Error ? error.message : String(error), code: typeof known === 'string' ? known : 'FAILED', exitCode: 1 };
}

function localUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function version(): string {
  // The same from `src` and from `dist`.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
