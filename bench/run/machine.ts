import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine, as far as it bears on figures; to be asked before anything is started. */
export function describeMachine(): Readonly<Record<string, string>> {
  const [first] = cpus();
  return {
    processors: `${cpus().length} x ${first?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    'load before the run': (loadavg()[1] ?? NaN).toFixed(1),
  };
}

/** What is compared, by package, as it is installed. */
export function describeVersions(): Readonly<Record<string, string>> {
  const versionOf = (directory: string): string =>
    (JSON.parse(readFileSync(new URL(`${directory}/package.json`, import.meta.url), 'utf8')) as { readonly version: string }).version;
  const ours = ['@apollo/server', 'fastify', 'graphql'].map((name) => [name, versionOf(`../../node_modules/${name}`)]);
  const peers = ['@apollo/server-plugin-response-cache', 'graphql-yoga', '@graphql-yoga/plugin-response-cache', 'mercurius', 'mercurius-cache'].map((name) => [
    name,
    versionOf(`../node_modules/${name}`),
  ]);
  return { larder: versionOf('../..'), node: process.version.slice(1), ...(Object.fromEntries([...ours, ...peers]) as Record<string, string>) };
}
