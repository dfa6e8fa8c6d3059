import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');

/** What the tests look at of docker-compose.yml; its form is held to the Compose schema. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export interface ComposeService {
  readonly build?: string;
  readonly image: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly mem_limit: string;
  readonly cpus: number;
  readonly pids_limit: number;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
}

/** The passwords that docker-compose.yml asks for. */
export const passwords = {
  LARDER_DB_PASSWORD: '4f1d0c8be2a94d57a6b3e1f20c9d8e7a',
  LARDER_DB_ADMIN_PASSWORD: '9b7e6d5c4a3f2e1d0c9b8a7f6e5d4c3b',
  LARDER_REDIS_PASSWORD: 'c0ffee11d00d22beef33fade44cafe55',
} as const;

/** The file as Compose reads it, with these variables in the place of the environment's. */
export function readComposeFile(variables: Readonly<Record<string, string>>): ComposeFile {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  return interpolated(parse(text, { merge: true }) as ComposeFile, variables);
}

const REFERENCE = /\$(?:\$|\{(?<name>\w+)(?::(?<kind>[-?])(?<rest>[^}]*))?\})/g;

function interpolated<T>(value: T, variables: Readonly<Record<string, string>>): T {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (...found) => {
      const { name, kind, rest = '' } = found.at(-1) as Readonly<Record<string, string | undefined>>;
      if (name === undefined) return '$';
      const given = variables[name] ?? '';
      if (given === '' && kind === '?') throw new Error(`${name}: ${rest}`);
      return given === '' ? rest : given;
    }) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member: unknown) => interpolated(member, variables)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, interpolated(member, variables)])) as T;
}

/** `512mb`, `1g` and the like, in bytes. */
export function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)([kmg])b?$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new Error(`"${text}" is no size`);
  return Number(number) * 1024 ** ('kmg'.indexOf(unit.toLowerCase()) + 1);
}

/** The settings of deploy/redis.conf. */
export function redisSettings(): ReadonlyMap<string, string> {
  const lines = readFileSync(join(root, 'deploy/redis.conf'), 'utf8').split('\n');
  const settings = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Map(settings.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const));
}
