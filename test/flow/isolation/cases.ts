import type { ErrorCode } from '../../../src/graphql/errors.js';
import { DEMO_PASSWORD } from '../../../src/database/seed/demo-accounts.js';
import type { MarkedTenant } from './marked-tenants.js';

type Arguments = Readonly<Record<string, unknown>>;

/** What comes of asking one tenant with what is another's: nothing (null, a list of it, no rows), what everybody gets, or an error. */
export type Outcome = 'null' | 'only nulls' | 'no rows' | 'what everybody gets' | ErrorCode;

/** How a field is tried. */
export interface Case {
  /** A root field that returns the type of the field, for one that is no root field itself; the arguments are its. */
  readonly through?: string;
  /** All arguments of the field, made from what a tenant has. */
  readonly args: (own: MarkedTenant) => Arguments;
  /**
   * Whose data the reply shows: the tenant's of the request; that of whoever asks or is named, wherever they ask; or nobody's
   * in particular.
   */
  readonly shows: 'tenant' | 'self' | 'shared';
  /** With an administrator of `own`, in `own`: every way to reach for what is `other`'s. */
  readonly reaching: (own: MarkedTenant, other: MarkedTenant) => readonly (readonly [Outcome, Arguments])[];
  /** False when it is answered without a tenant, too. */
  readonly needsTenant: boolean;
  /** For whoever is signed in, in whatever role: tried as an administrator. */
  readonly signedIn?: true;
  /** What somebody of another tenant gets for the same arguments, where that is not what everybody gets. */
  readonly stranger?: Outcome;
}

const page = { first: 5, after: null };
/** For what takes nothing that another tenant could have. */
export const nothingToReachFor = (): readonly [] => [];

const shared = (args: (own: MarkedTenant) => Arguments): Case => ({
  args,
  shows: 'shared',
  reaching: (_, other) => [['what everybody gets', args(other)]],
  needsTenant: false,
});

/**
 * Every root field, and every field that requires a role. A new one has to be entered here: with which arguments it is tried,
 * whose data it shows, and what comes of reaching for another tenant's.
 */
export const cases: Readonly<Record<string, Case>> = {
  'Query.tenant': { args: () => ({}), shows: 'tenant', reaching: nothingToReachFor, needsTenant: true },
  'Query.viewer': { args: () => ({}), shows: 'self', reaching: nothingToReachFor, needsTenant: false },
  'Query.categories': { args: () => ({ language: 'en' }), shows: 'tenant', reaching: nothingToReachFor, needsTenant: true },
  'Query.medicines': {
    args: ({ categoryId, searchable }) => ({ ...page, categoryId, search: searchable }),
    shows: 'tenant',
    reaching: (_, { categoryId, searchable }) => [
      ['no rows', { ...page, categoryId, search: null }],
      ['no rows', { ...page, categoryId: null, search: searchable }],
    ],
    needsTenant: true,
  },
  'Query.topMedicines': { args: () => ({ first: 5 }), shows: 'tenant', reaching: nothingToReachFor, needsTenant: true },
  'Query.medicine': {
    args: ({ medicineId }) => ({ id: medicineId }),
    shows: 'tenant',
    reaching: (_, { medicineId }) => [
      ['null', { id: medicineId }],
      ['null', { id: medicineId.toUpperCase() }],
    ],
    needsTenant: true,
  },
  'Query.catalogue': shared(({ tradeName }) => ({ ...page, search: tradeName })),
  'Query.product': shared(({ productId }) => ({ id: productId })),
  'Query.medicineGroups': shared(({ tradeName }) => ({ ...page, search: tradeName })),
  'Query.medicineGroup': shared(({ groupId }) => ({ id: groupId })),
  'Query.stock': {
    args: ({ medicineId }) => ({ medicineId }),
    shows: 'tenant',
    reaching: (_, { medicineId }) => [['null', { medicineId }]],
    needsTenant: true,
  },
  'Query.lowStockCount': { args: () => ({}), shows: 'tenant', reaching: nothingToReachFor, needsTenant: true },
  'Query.cacheAudit': { args: () => ({}), shows: 'shared', reaching: nothingToReachFor, needsTenant: true },
  'Query.cacheStats': { args: () => ({}), shows: 'tenant', reaching: nothingToReachFor, needsTenant: true },
  'Medicine.stock': {
    through: 'medicine',
    args: ({ medicineId }) => ({ id: medicineId }),
    shows: 'tenant',
    reaching: (_, { medicineId }) => [['null', { id: medicineId }]],
    needsTenant: true,
  },
  'Mutation.signIn': {
    args: ({ staff }) => ({ input: { email: staff, password: DEMO_PASSWORD } }),
    shows: 'self',
    reaching: nothingToReachFor,
    needsTenant: false,
  },
  'Mutation.signOut': { args: () => ({}), shows: 'shared', reaching: nothingToReachFor, needsTenant: false },
  'Mutation.sellMedicine': {
    args: ({ medicineId }) => ({ input: { medicineId, quantity: 1 } }),
    shows: 'tenant',
    reaching: (_, { medicineId }) => [
      ['NOT_FOUND', { input: { medicineId, quantity: 1 } }],
      // How many another tenant has must not be told from that there is none.
      ['NOT_FOUND', { input: { medicineId, quantity: 1_000_000 } }],
    ],
    needsTenant: true,
  },
  'Mutation.adjustStock': {
    args: ({ medicineId, marker }) => ({ input: { medicineId, delta: 1, reason: 'RECEIPT', note: marker } }),
    shows: 'tenant',
    reaching: (_, { medicineId }) => [
      ['NOT_FOUND', { input: { medicineId, delta: 1 } }],
      ['NOT_FOUND', { input: { medicineId, delta: -1_000_000 } }],
    ],
    needsTenant: true,
  },
  'Mutation.updateMedicine': {
    args: ({ medicineId, categoryId, marker }) => ({ input: { id: medicineId, categoryId, name: `Medicine ${marker}`, priceAmount: 999, discontinued: false } }),
    shows: 'tenant',
    reaching: (own, other) => [
      ['NOT_FOUND', { input: { id: other.medicineId, priceAmount: 1 } }],
      ['NOT_FOUND', { input: { id: own.medicineId, categoryId: other.categoryId } }],
    ],
    needsTenant: true,
  },
  'Mutation.createMedicine': {
    args: ({ unofferedProductId, categoryId }) => ({ input: { productId: unofferedProductId, categoryId, priceAmount: 100 } }),
    shows: 'tenant',
    reaching: (_, { unofferedProductId, categoryId }) => [['NOT_FOUND', { input: { productId: unofferedProductId, categoryId, priceAmount: 100 } }]],
    needsTenant: true,
  },
  'Mutation.discontinueMedicine': {
    args: ({ anotherMedicineId }) => ({ id: anotherMedicineId }),
    shows: 'tenant',
    reaching: (_, { anotherMedicineId }) => [['NOT_FOUND', { id: anotherMedicineId }]],
    needsTenant: true,
  },
  'Mutation.receiveShipment': {
    args: ({ medicineId, marker }) => ({ input: { items: [{ medicineId, quantity: 2 }], note: marker } }),
    shows: 'tenant',
    reaching: (own, other) => [
      ['NOT_FOUND', { input: { items: [{ medicineId: other.medicineId, quantity: 2 }] } }],
      ['NOT_FOUND', { input: { items: [own, other].map(({ medicineId }) => ({ medicineId, quantity: 2 })) } }],
    ],
    needsTenant: true,
  },
  'Mutation.createCategory': {
    args: ({ marker, defaultLanguage }) => ({ input: { slug: `new-${marker}`, names: [{ language: defaultLanguage, text: `New ${marker}` }] } }),
    shows: 'tenant',
    reaching: nothingToReachFor,
    needsTenant: true,
  },
  'Mutation.updateCategory': {
    args: ({ categoryId }) => ({ input: { id: categoryId, sortOrder: 7 } }),
    shows: 'tenant',
    reaching: (_, { categoryId }) => [['NOT_FOUND', { input: { id: categoryId, sortOrder: 8 } }]],
    needsTenant: true,
  },
  'Mutation.deleteCategory': {
    args: ({ emptyCategoryId }) => ({ id: emptyCategoryId }),
    shows: 'shared',
    reaching: (_, { categoryId }) => [['NOT_FOUND', { id: categoryId }]],
    needsTenant: true,
  },
  'Query.node': {
    args: ({ medicineId }) => ({ id: medicineId }),
    shows: 'tenant',
    reaching: (_, { id, medicineId, categoryId, staffId }) => [id, medicineId, medicineId.toUpperCase(), categoryId, staffId].map((each) => ['null', { id: each }]),
    needsTenant: false,
  },
  'Query.nodes': {
    args: ({ id, medicineId, categoryId }) => ({ ids: [id, medicineId, categoryId] }),
    shows: 'tenant',
    reaching: (_, { id, medicineId, categoryId, staffId }) => [['only nulls', { ids: [id, medicineId, categoryId, staffId] }]],
    needsTenant: false,
  },
  'Query.tenants': {
    args: ({ slug }) => ({ ...page, search: slug }),
    shows: 'tenant',
    reaching: (_, { slug }) => [['FORBIDDEN', { ...page, search: slug }]],
    needsTenant: true,
  },
  'Query.users': {
    args: () => ({ ...page, search: null }),
    shows: 'tenant',
    reaching: (_, { slug }) => [['no rows', { ...page, search: `@${slug}` }]],
    needsTenant: true,
  },
  'Query.user': {
    args: ({ staffId }) => ({ id: staffId }),
    shows: 'tenant',
    reaching: (_, { staffId }) => [['null', { id: staffId }]],
    needsTenant: true,
  },
  'User.sessions': {
    through: 'user',
    args: ({ staffId }) => ({ id: staffId }),
    shows: 'shared',
    reaching: (_, { staffId }) => [['null', { id: staffId }]],
    needsTenant: true,
  },
  'Mutation.changePassword': {
    args: () => ({ input: { currentPassword: DEMO_PASSWORD, newPassword: DEMO_PASSWORD } }),
    shows: 'shared',
    reaching: nothingToReachFor,
    needsTenant: false,
    signedIn: true,
  },
  'Mutation.revokeSession': {
    args: ({ endingSessionId }) => ({ id: endingSessionId }),
    shows: 'shared',
    reaching: (_, { lastingSessionId }) => [['NOT_FOUND', { id: lastingSessionId }]],
    needsTenant: false,
    signedIn: true,
    stranger: 'NOT_FOUND',
  },
  'Mutation.revokeSessions': {
    args: ({ guestId }) => ({ userId: guestId }),
    shows: 'shared',
    reaching: (_, { guestId }) => [['NOT_FOUND', { userId: guestId }]],
    needsTenant: true,
  },
  'Mutation.createTenant': {
    // Slugs are names for everybody, and stand in tags.
    args: ({ slug, marker }) => ({ input: { slug: `another-${slug}`, name: `New ${marker}`, languages: ['en'], currency: 'USD' } }),
    shows: 'tenant',
    reaching: (_, { slug }) => [['FORBIDDEN', { input: { slug, name: 'Mine', languages: ['en'], currency: 'USD' } }]],
    needsTenant: true,
  },
  'Mutation.updateTenant': {
    args: ({ id, marker }) => ({ input: { id, name: `Tenant ${marker}` } }),
    shows: 'tenant',
    reaching: (_, { id }) => [['FORBIDDEN', { input: { id, name: 'Mine' } }]],
    needsTenant: true,
  },
  'Mutation.updateTenantSettings': {
    args: ({ marker }) => ({ input: { name: `Tenant ${marker}` } }),
    shows: 'tenant',
    reaching: nothingToReachFor,
    needsTenant: true,
  },
  'Mutation.deleteTenant': {
    args: ({ disposable }) => ({ input: disposable }),
    shows: 'shared',
    reaching: (_, { id, slug }) => [['FORBIDDEN', { input: { id, slug } }]],
    needsTenant: true,
  },
  'Mutation.createUser': {
    args: ({ marker }) => ({ input: { email: `new.${marker}@larder.example`, name: `New ${marker}`, password: DEMO_PASSWORD, role: 'STAFF' } }),
    shows: 'tenant',
    // That an address is taken has to be told; whose it is has not.
    reaching: (_, { staff }) => [['ALREADY_EXISTS', { input: { email: staff, name: 'Mine', password: DEMO_PASSWORD, role: 'STAFF' } }]],
    needsTenant: true,
  },
  'Mutation.addUser': {
    args: ({ loner }) => ({ input: { email: loner, role: 'STAFF' } }),
    shows: 'tenant',
    reaching: (_, { staff }) => [['FORBIDDEN', { input: { email: staff, role: 'STAFF' } }]],
    needsTenant: true,
  },
  'Mutation.updateUser': {
    args: ({ guestId, marker }) => ({ input: { id: guestId, name: `Guest ${marker}`, role: 'STAFF' } }),
    shows: 'tenant',
    reaching: (_, { guestId }) => [['NOT_FOUND', { input: { id: guestId, role: 'TENANT_ADMIN' } }]],
    needsTenant: true,
  },
  'Mutation.removeUser': {
    args: ({ leaverId }) => ({ id: leaverId }),
    shows: 'shared',
    reaching: (_, { guestId }) => [['NOT_FOUND', { id: guestId }]],
    needsTenant: true,
  },
  'Mutation.cachePurge': {
    args: () => ({ input: { type: 'Medicine' } }),
    shows: 'tenant',
    reaching: (_, { slug, id, medicineId }) => [
      ['FORBIDDEN', { input: { tenant: slug } }],
      ['FORBIDDEN', { input: { tenant: slug, everything: true } }],
      ['FORBIDDEN', { input: { tenant: slug, entity: { type: 'Medicine', id: medicineId } } }],
      ['FORBIDDEN', { input: { tag: `t/${id}` } }],
      ['FORBIDDEN', { input: { tag: `t/${id}/medicines/${medicineId}` } }],
      ['FORBIDDEN', { input: { tag: 't' } }],
      ['FORBIDDEN', { input: { type: 'Product' } }],
    ],
    needsTenant: true,
  },
};
