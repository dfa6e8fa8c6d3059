/** The header `Vary` (RFC 9110, section 12.5.5) of an answer that two rooms have a reason to vary: one must not undo the other. */
export function vary(...reasons: readonly (string | undefined)[]): string | undefined {
  const given = reasons.filter((reason) => reason !== undefined);
  return given.length === 0 ? undefined : given.join(', ');
}
