import type { AuditedPlace } from './facts.js';

/** Fields and types are known by their names, lists and loaders need a word before it. */
export function nameOf(kind: AuditedPlace['kind'], name: string): string {
  return kind === 'list' ? `list ${name}` : kind === 'entity' ? `loader ${name}` : name;
}

const SHOWN = 3;

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
