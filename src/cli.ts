#!/usr/bin/env node
import type { GraphQLSchema } from 'graphql';
import { runCommandLine } from './admin/command-line.js';
import { readPassword } from './admin/read-password.js';
import { environment, loadConfig, type Config } from './config.js';

let loaded: Config | undefined;
const config = (): Config => (loaded ??= loadConfig(environment()));
const schema = async (): Promise<GraphQLSchema> => (await import('./schema.js')).buildApiSchema();

const code = await runCommandLine(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  config,
  password: (options) => readPassword({ input: process.stdin, output: process.stderr }, options),
  system: async () => (await import('./app.js')).localSystem(config()),
  schema,
  audit: async () => {
    const bare = await schema();
    return (await import('./admin/cache-audit.js')).auditApi(bare, { defaultMaxAge: config().cache.defaultMaxAge });
  },
});

// What a command had opened before it failed must not keep the process alive; a server that was started must.
if (code !== 0) process.exit(code);
