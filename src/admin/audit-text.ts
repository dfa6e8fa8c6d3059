import type { AuditedPlace, CacheAudit } from '../cache/graphql/index.js';

/** The audit for a terminal. */
export function auditText({ places, contradictions, notes }: CacheAudit): string {
  const of = (...kinds: readonly AuditedPlace['kind'][]): readonly AuditedPlace[] => places.filter(({ kind }) => kinds.includes(kind));
  const sections = [section('field', of('field')), section('type', of('type')), section('list', of('list')), section('loader', of('entity'))];
  const remarks = [...notes.map((note) => `note: ${note}`), ...contradictions.map((contradiction) => `contradiction: ${contradiction}`)];
  return [auditSummary({ places, contradictions, notes }), ...sections, remarks.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** In one line. */
export function auditSummary({ places, contradictions, notes }: CacheAudit): string {
  const count = (kind: AuditedPlace['kind']): number => places.filter((place) => place.kind === kind).length;
  const found = contradictions.length === 0 ? 'no contradiction' : counted(contradictions.length, 'contradiction');
  return `${counted(count('field'), 'field')}, ${counted(count('type'), 'type')}, ${counted(count('list'), 'list')}, ${counted(count('entity'), 'loader')}: ${found}, ${counted(notes.length, 'note')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function section(title: string, places: readonly AuditedPlace[]): string {
  if (places.length === 0) return '';
  const rows = places.map((place) => [[place.name], [duration(place.maxAge)], [scope(place)], place.tags, wrapped(place.invalidatedBy)]);
  return columns([[[title], ['maxAge'], ['scope'], ['tags'], ['invalidated by']], ...rows]);
}

function scope({ scope: of, shared, maxAge }: AuditedPlace): string {
  return maxAge === null ? '' : `${of}${shared ? ', shared' : ''}`;
}

export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return 'as parent';
  if (milliseconds === 0) return 'never';
  const seconds = milliseconds / 1000;
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds > 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** For people and interfaces: hints are in seconds. */
export function inSeconds(place: AuditedPlace): AuditedPlace {
  const { maxAge, staleWhileRevalidate } = place;
  return { ...place, maxAge: maxAge === null ? null : maxAge / 1000, staleWhileRevalidate: staleWhileRevalidate / 1000 };
}

const WIDTH = 50;

/** Names in lines that are not too long. */
function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length <= WIDTH) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.splice(-1, 1, ...(last === undefined ? [] : [`${last},`]), name);
  }
  return lines;
}

/** Rows of cells, each of which may have several lines. */
function columns(rows: readonly (readonly (readonly string[])[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.flatMap((row) => row[column]?.map((line) => line.length) ?? [])));
  return rows
    .flatMap((row) => {
      const height = Math.max(...row.map((cell) => cell.length));
      return Array.from({ length: height }, (_, line) => row.map((cell, column) => (cell[line] ?? '').padEnd(widths[column] ?? 0)).join('  ').trimEnd());
    })
    .join('\n');
}
