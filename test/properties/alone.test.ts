import { it } from 'vitest';
import { expectProperty } from './expect-property.js';

const TIMEOUT_MS = 900_000;

it('P5, P2 what means the same has one key, and what does not has two', () => expectProperty('keys'), TIMEOUT_MS);
it('P5, P2 on any schema', () => expectProperty('keys-synthetic'), TIMEOUT_MS);
it('P1, F7 pieces, joined, are what GraphQL answers; and what is stored runs no resolver', () => expectProperty('pieces'), TIMEOUT_MS);
it('P1, F7 with the values of fields stored, too', () => expectProperty('pieces-and-fields'), TIMEOUT_MS);
