/**
 * Merges several values of the header `Vary` (RFC 9110, section 12.5.5).
 *
 * @returns undefined where no header is named.
 */
export function varyOn(...reasons: readonly (string | undefined)[]): string | undefined {
  const names = new Map<string, string>();
  for (const name of reasons.flatMap((reason) => reason?.split(',') ?? [])) {
    const trimmed = name.trim();
    if (trimmed !== '' && !names.has(trimmed.toLowerCase())) names.set(trimmed.toLowerCase(), trimmed);
  }
  if (names.has('*')) return '*';
  return names.size === 0 ? undefined : [...names.values()].join(', ');
}
