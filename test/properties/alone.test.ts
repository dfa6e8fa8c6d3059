import { it } from 'vitest';
import { expectProperty } from './expect-property.js';

it('P5, P2 what means the same has one key, and what does not has two', () => expectProperty('keys'));
it('P5, P2 on any schema', () => expectProperty('keys-synthetic'));
it('P1, F7 pieces, joined, are what GraphQL answers; and what is stored runs no resolver', () => expectProperty('pieces'));
it('P1, F7 with the values of fields stored, too', () => expectProperty('pieces-and-fields'));
