import { expect, it } from 'vitest';
import type { AuditedPlace } from '../cache/graphql/index.js';
import { auditSummary, auditText, duration } from './audit-text.js';

const place: AuditedPlace = {
  kind: 'field',
  name: 'Query.jars',
  maxAge: 300_000,
  staleWhileRevalidate: 0,
  scope: 'PUBLIC',
  shared: true,
  profile: null,
  tags: ['t/<tenant>/jars', 't/global/labels'],
  tables: ['jars', 'labels'],
  invalidatedBy: ['fill', 'empty', 'moveToAnotherShelfOfTheSameCellar', 'theImportOfAllTheLabels'],
};
const audit = { places: [place, { ...place, kind: 'type', name: 'Jar', maxAge: null, tags: [], invalidatedBy: [] } as const], contradictions: ['Query.a: no.'], notes: ['Query.b: never.'] };

it('is a table for each kind of thing that is cached, then what was found', () => {
  expect(auditText(audit)).toBe(
    [
      '1 field, 1 type, 0 lists, 0 loaders: 1 contradiction, 1 note',
      '',
      'field       maxAge  scope           tags             invalidated by',
      'Query.jars  5 min   PUBLIC, shared  t/<tenant>/jars  fill, empty, moveToAnotherShelfOfTheSameCellar,',
      '                                    t/global/labels  theImportOfAllTheLabels',
      '',
      'type  maxAge     scope  tags  invalidated by',
      'Jar   as parent',
      '',
      'note: Query.b: never.',
      'contradiction: Query.a: no.',
    ].join('\n'),
  );
  expect(auditSummary({ places: [], contradictions: [], notes: [] })).toBe('0 fields, 0 types, 0 lists, 0 loaders: no contradiction, 0 notes');
});

it.each([
  [null, 'as parent'],
  [0, 'never'],
  [1_500, '1.5 s'],
  [60_000, '60 s'],
  [300_000, '5 min'],
  [86_400_000, '24 h'],
  [5_400_000, '90 min'],
])('%s milliseconds are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
