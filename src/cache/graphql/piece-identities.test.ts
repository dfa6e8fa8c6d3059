import { Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { SmallWorld } from '../../../test/support/small-world.js';
import { partition } from '../core/tags.js';
import { PieceIdentities } from './piece-identities.js';

describe('what answers vary by', () => {
  const world = new SmallWorld();
  const document = parse('{ thing(id: 1) { id } }');
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation comes first');
  const [piece] = world.responses.planOf(document, operation)?.shapeFor({})?.pieces ?? [];
  const identities = new PieceIdentities(world.cache.identities);

  const keyFor = (varyBy: unknown): string => {
    if (piece === undefined) throw new Error('the query has one piece');
    const identified = identities.of(piece, { variables: {}, operation: null }, { partition: partition('a'), viewer: null, varyBy, holds: () => false });
    if ('because' in identified) throw new Error(identified.because);
    return identified.identity.key;
  };

  it('P5: is read anew of what can change, though it is the same object', () => {
    const asked = { language: 'en' };
    const english = keyFor(asked);
    asked.language = 'fr';
    expect(keyFor(asked)).not.toBe(english);
    const nested = Object.freeze({ of: asked });
    const french = keyFor(nested);
    asked.language = 'de';
    expect(keyFor(nested)).not.toBe(french);
  });

  it('P5: is read anew of what is frozen, and asks a function', () => {
    let language = 'en';
    const asking = Object.freeze({ get language() { return language; } });
    const english = keyFor(asking);
    language = 'fr';
    expect(keyFor(asking)).not.toBe(english);
  });

  it('is the same for objects that say the same, frozen or not', () => {
    const frozen = Object.freeze({ language: 'en' });
    expect(keyFor(frozen)).toBe(keyFor({ language: 'en' }));
    expect(keyFor(frozen)).toBe(keyFor(frozen));
  });
});
