import { serve } from './app.js';
import { environment, loadConfig } from './config.js';

try {
  await serve(loadConfig(environment()));
} catch (error) {
  // One sentence: what is wrong and what to do. A stack trace would hide it.
  const known = error instanceof Error && ['ConfigError', 'DatabaseError', 'CacheError'].includes(error.name);
  process.stderr.write(known ? `${error.message}\n` : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
  // What was opened before the failure must not keep the process alive.
  process.exit();
}
