export interface Example {
  readonly command: string;
  readonly does: string;
}

/** Shown by `--help`, of a command its own; each is run by a test. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  serve: [{ command: 'larder serve', does: 'with what the environment or .env says' }],
  migrate: [
    { command: 'larder migrate', does: 'before a new version takes over' },
    { command: 'larder migrate --json', does: 'how many were missing, for a script' },
  ],
  seed: [{ command: 'larder seed --demo', does: 'everything that the documentation talks about' }],
  schema: [{ command: 'larder schema > schema.graphql', does: 'for code generators' }],
  audit: [
    { command: 'larder audit', does: 'before a change of hints, types or mutations is merged' },
    { command: 'larder audit --json', does: 'every place, for a script' },
  ],
  admin: [
    {
      command: `printf '%s' "$PASSWORD" | larder admin create --email ada@example.com --name 'Ada Lovelace' --password-stdin`,
      does: 'the first administrator, by a script; without --password-stdin the password is asked for',
    },
  ],
  stats: [
    { command: 'larder stats', does: 'of the server at LARDER_URL, as whom LARDER_TOKEN is' },
    { command: 'larder stats --tenant downtown --json', does: 'of one tenant, for a script' },
  ],
  purge: [
    { command: 'larder purge --type Medicine', does: 'everything that read a medicine' },
    { command: 'larder purge --field Query.medicines --tenant downtown', does: 'what a field of one tenant is made from, and what contains it' },
    { command: 'larder purge --everything', does: 'everything' },
  ],
  health: [
    { command: 'larder health', does: 'exit code 0 when the server is ready' },
    { command: 'larder health --url "$LARDER_URL" --json', does: 'what was looked at, for a script' },
    { command: 'larder health --probe', does: 'whether this machine reaches database and Redis, and how fast' },
  ],
};

/** The examples of one command, or of all. */
export function examplesText(name: string | null): string {
  const examples = name === null ? Object.values(EXAMPLES).flat() : (EXAMPLES[name] ?? []);
  if (examples.length === 0) return '';
  const lines = examples.map(({ command, does }) => `  # ${does}\n  $ ${command}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
