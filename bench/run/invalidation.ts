import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { InvalidationArguments, InvalidationResult, InvalidationWord } from '../src/invalidation/invalidation-protocol.js';

const ENTRY = fileURLToPath(new URL('../dist/invalidation/trials.js', import.meta.url));

/** Runs the trials in a process of their own, compiled as the servers are. */
export function measureInvalidation(args: InvalidationArguments, print: (line: string) => void): Promise<InvalidationResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ENTRY], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } });
    child.on('message', (word: InvalidationWord) => {
      if (word.say === 'filled') print(`invalidation: ${word.entries.toLocaleString('en')} entries under one tag`);
      if (word.say === 'done') resolve(word.result);
      if (word.say === 'failed') reject(new Error(word.reason));
    });
    child.once('exit', (code) => reject(new Error(`the trials ended (${String(code)})`)));
    child.send(args);
  });
}
