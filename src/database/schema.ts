import * as catalogue from './tables/catalogue.js';
import * as outbox from './tables/outbox.js';
import * as pharmacy from './tables/pharmacy.js';
import * as tenancy from './tables/tenancy.js';

/** Every table of the house. */
export const schema = { ...tenancy, ...catalogue, ...pharmacy, ...outbox };
