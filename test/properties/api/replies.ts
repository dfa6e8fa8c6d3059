import type { Reply, ReplyError } from '../../support/client.js';

/** What distinguishes two replies, the order of keys counted; null when nothing does. */
export function differenceOfReplies(cached: Reply, bare: Reply, possible: readonly ReplyError[] | null): string | null {
  if (cached.status !== bare.status) return `status\ncached: ${cached.status} ${cached.text}\nbare:   ${bare.status} ${bare.text}`;
  const [one, other] = [JSON.stringify(cached.data), JSON.stringify(bare.data)];
  if (one !== other) return `data\ncached: ${one}\nbare:   ${other}`;
  const [found, expected] = [shown(cached.errors), shown(bare.errors)];
  if (String(found) === String(expected)) return null;
  // Of several errors that leave nothing of the data, one is told: that of the field that fails first.
  if (possible !== null && found.length > 0 && found.every((error) => shown(possible).includes(error))) return null;
  return `errors\ncached: ${found.join(' | ')}\nbare:   ${expected.join(' | ')}`;
}

/** Without the id of the request, which is another each time. */
function shown(errors: readonly ReplyError[]): readonly string[] {
  return errors.map(({ message, path, extensions }) => JSON.stringify({ message, path, extensions: { ...extensions, requestId: undefined } })).sort();
}
