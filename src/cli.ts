#!/usr/bin/env node
import { runCommandLine } from './admin/command-line.js';
import { environment, loadConfig, type Config } from './config.js';

let loaded: Config | undefined;
const config = (): Config => (loaded ??= loadConfig(environment()));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  config,
  token: () => null,
  system: async () => (await import('./app.js')).localSystem(config()),
  schema: async () => (await import('./schema.js')).buildApiSchema(),
});
