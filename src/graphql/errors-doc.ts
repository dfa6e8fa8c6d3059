import { errorCodes } from './errors.js';

/** docs/errors.md: the table of codes, for those who call the API. */
export function errorsDocument(): string {
  const rows = Object.entries(errorCodes).map(([code, remedy]) => `| \`${code}\` | ${remedy.replaceAll('|', '\\|')} |`);
  return `# Error codes

An error says what it is in \`extensions.code\`. Codes are stable: programs decide by them. Messages are for people and may
change; they never repeat what was sent, which may be a secret.

A request that failed as a whole is answered with \`errors\` and no \`data\`. When a single field failed, \`data\` has null in
its place (or in the place of the nearest field around it that may be null), the error's \`path\` names it, and the rest of
the answer is good. Root fields of queries may all be null: one that fails, or that the viewer may not read, leaves its
siblings alone. A mutation's field may not be null: \`data\` is null when it fails. No answer with an error is stored, by
Larder or by what stands in front of it.

| Code | What to do |
| --- | --- |
${rows.join('\n')}

## Which argument

\`BAD_USER_INPUT\` from the rules of an input lists each rule that was broken:

\`\`\`json
{
  "message": "\`items[1].quantity\`: give a whole number from 1 to 2147483647.",
  "extensions": {
    "code": "BAD_USER_INPUT",
    "violations": [{ "argument": "items[1].quantity", "rule": "wholeNumber" }]
  }
}
\`\`\`
`;
}
