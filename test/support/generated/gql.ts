/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query Categories {\n  tenant {\n    name\n    languages\n    currency\n  }\n  categories {\n    id\n    slug\n    name\n    inEnglish: name(language: \"en\")\n    medicineCount\n  }\n}": typeof types.CategoriesDocument,
    "query MedicinesOfCategory($categoryId: ID, $search: String, $first: Int = 20, $after: String) {\n  medicines(\n    categoryId: $categoryId\n    search: $search\n    first: $first\n    after: $after\n  ) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        price {\n          amount\n          currency\n        }\n        inStock\n      }\n    }\n  }\n}": typeof types.MedicinesOfCategoryDocument,
    "query MedicineGroups($search: String = \"ibu\", $first: Int = 5, $after: String) {\n  medicineGroups(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        variants {\n          id\n          strength\n          dosageForm\n          route\n          manufacturer\n        }\n        medicines {\n          id\n          name\n          price {\n            amount\n            currency\n          }\n          inStock\n        }\n      }\n    }\n  }\n}": typeof types.MedicineGroupsDocument,
    "query Catalogue($search: String = \"ibuprofen\", $first: Int = 10, $after: String) {\n  catalogue(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        strength\n        dosageForm\n        route\n        ingredients\n        manufacturerFullName\n        teCode\n        approvalDate\n        marketingStatus\n      }\n    }\n  }\n}": typeof types.CatalogueDocument,
    "query Medicine($id: ID!) {\n  medicine(id: $id) {\n    id\n    name\n    rank\n    discontinued\n    inStock\n    updatedAt\n    price {\n      amount\n      currency\n    }\n    category {\n      slug\n      name\n    }\n    product {\n      id\n      tradeName\n      strength\n      strengthRemark\n      ingredients\n      manufacturer\n      group {\n        id\n        tradeName\n      }\n    }\n  }\n}": typeof types.MedicineDocument,
    "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    token\n    expiresAt\n    viewer {\n      name\n      role\n      tenant {\n        slug\n      }\n    }\n  }\n}": typeof types.SignInDocument,
    "query Viewer {\n  viewer {\n    id\n    email\n    name\n    role\n    tenant {\n      slug\n      name\n    }\n    memberships {\n      role\n      tenant {\n        slug\n        name\n      }\n    }\n  }\n}": typeof types.ViewerDocument,
    "query TopMedicines($first: Int = 200) {\n  topMedicines(first: $first) {\n    id\n    rank\n    name\n    price {\n      amount\n      currency\n    }\n    category {\n      name\n    }\n    product {\n      strength\n      dosageForm\n      manufacturer\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}": typeof types.TopMedicinesDocument,
    "mutation SellMedicine($input: SellMedicineInput!) {\n  sellMedicine(input: $input) {\n    total {\n      amount\n      currency\n    }\n    medicine {\n      id\n      name\n      inStock\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}": typeof types.SellMedicineDocument,
    "query LowStock($medicineId: ID!) {\n  lowStockCount\n  stock(medicineId: $medicineId) {\n    quantity\n    reorderLevel\n    low\n    updatedAt\n  }\n}": typeof types.LowStockDocument,
    "mutation UpdateMedicine($input: UpdateMedicineInput!) {\n  updateMedicine(input: $input) {\n    id\n    name\n    discontinued\n    updatedAt\n    price {\n      amount\n      currency\n    }\n  }\n}": typeof types.UpdateMedicineDocument,
    "query CacheStats {\n  cacheStats {\n    verdict\n    totals {\n      hits\n      misses\n      hitRate\n    }\n  }\n}": typeof types.CacheStatsDocument,
    "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Category {\n      name\n    }\n    ... on Medicine {\n      name\n      inStock\n    }\n  }\n}": typeof types.NodesDocument,
    "mutation ReceiveShipment($input: ReceiveShipmentInput!) {\n  receiveShipment(input: $input) {\n    items {\n      quantity\n      medicine {\n        id\n        name\n      }\n      stock {\n        quantity\n        low\n      }\n    }\n  }\n}": typeof types.ReceiveShipmentDocument,
    "query Users($first: Int = 20, $after: String) {\n  users(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        name\n        email\n        role\n        sessions {\n          id\n          current\n          createdAt\n          expiresAt\n        }\n      }\n    }\n  }\n}": typeof types.UsersDocument,
    "query CacheAudit {\n  cacheAudit {\n    places {\n      kind\n      name\n      maxAge\n      scope\n      tags\n      invalidatedBy\n    }\n    notes\n  }\n}": typeof types.CacheAuditDocument,
};
const documents: Documents = {
    "query Categories {\n  tenant {\n    name\n    languages\n    currency\n  }\n  categories {\n    id\n    slug\n    name\n    inEnglish: name(language: \"en\")\n    medicineCount\n  }\n}": types.CategoriesDocument,
    "query MedicinesOfCategory($categoryId: ID, $search: String, $first: Int = 20, $after: String) {\n  medicines(\n    categoryId: $categoryId\n    search: $search\n    first: $first\n    after: $after\n  ) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        price {\n          amount\n          currency\n        }\n        inStock\n      }\n    }\n  }\n}": types.MedicinesOfCategoryDocument,
    "query MedicineGroups($search: String = \"ibu\", $first: Int = 5, $after: String) {\n  medicineGroups(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        variants {\n          id\n          strength\n          dosageForm\n          route\n          manufacturer\n        }\n        medicines {\n          id\n          name\n          price {\n            amount\n            currency\n          }\n          inStock\n        }\n      }\n    }\n  }\n}": types.MedicineGroupsDocument,
    "query Catalogue($search: String = \"ibuprofen\", $first: Int = 10, $after: String) {\n  catalogue(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        strength\n        dosageForm\n        route\n        ingredients\n        manufacturerFullName\n        teCode\n        approvalDate\n        marketingStatus\n      }\n    }\n  }\n}": types.CatalogueDocument,
    "query Medicine($id: ID!) {\n  medicine(id: $id) {\n    id\n    name\n    rank\n    discontinued\n    inStock\n    updatedAt\n    price {\n      amount\n      currency\n    }\n    category {\n      slug\n      name\n    }\n    product {\n      id\n      tradeName\n      strength\n      strengthRemark\n      ingredients\n      manufacturer\n      group {\n        id\n        tradeName\n      }\n    }\n  }\n}": types.MedicineDocument,
    "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    token\n    expiresAt\n    viewer {\n      name\n      role\n      tenant {\n        slug\n      }\n    }\n  }\n}": types.SignInDocument,
    "query Viewer {\n  viewer {\n    id\n    email\n    name\n    role\n    tenant {\n      slug\n      name\n    }\n    memberships {\n      role\n      tenant {\n        slug\n        name\n      }\n    }\n  }\n}": types.ViewerDocument,
    "query TopMedicines($first: Int = 200) {\n  topMedicines(first: $first) {\n    id\n    rank\n    name\n    price {\n      amount\n      currency\n    }\n    category {\n      name\n    }\n    product {\n      strength\n      dosageForm\n      manufacturer\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}": types.TopMedicinesDocument,
    "mutation SellMedicine($input: SellMedicineInput!) {\n  sellMedicine(input: $input) {\n    total {\n      amount\n      currency\n    }\n    medicine {\n      id\n      name\n      inStock\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}": types.SellMedicineDocument,
    "query LowStock($medicineId: ID!) {\n  lowStockCount\n  stock(medicineId: $medicineId) {\n    quantity\n    reorderLevel\n    low\n    updatedAt\n  }\n}": types.LowStockDocument,
    "mutation UpdateMedicine($input: UpdateMedicineInput!) {\n  updateMedicine(input: $input) {\n    id\n    name\n    discontinued\n    updatedAt\n    price {\n      amount\n      currency\n    }\n  }\n}": types.UpdateMedicineDocument,
    "query CacheStats {\n  cacheStats {\n    verdict\n    totals {\n      hits\n      misses\n      hitRate\n    }\n  }\n}": types.CacheStatsDocument,
    "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Category {\n      name\n    }\n    ... on Medicine {\n      name\n      inStock\n    }\n  }\n}": types.NodesDocument,
    "mutation ReceiveShipment($input: ReceiveShipmentInput!) {\n  receiveShipment(input: $input) {\n    items {\n      quantity\n      medicine {\n        id\n        name\n      }\n      stock {\n        quantity\n        low\n      }\n    }\n  }\n}": types.ReceiveShipmentDocument,
    "query Users($first: Int = 20, $after: String) {\n  users(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        name\n        email\n        role\n        sessions {\n          id\n          current\n          createdAt\n          expiresAt\n        }\n      }\n    }\n  }\n}": types.UsersDocument,
    "query CacheAudit {\n  cacheAudit {\n    places {\n      kind\n      name\n      maxAge\n      scope\n      tags\n      invalidatedBy\n    }\n    notes\n  }\n}": types.CacheAuditDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Categories {\n  tenant {\n    name\n    languages\n    currency\n  }\n  categories {\n    id\n    slug\n    name\n    inEnglish: name(language: \"en\")\n    medicineCount\n  }\n}"): (typeof documents)["query Categories {\n  tenant {\n    name\n    languages\n    currency\n  }\n  categories {\n    id\n    slug\n    name\n    inEnglish: name(language: \"en\")\n    medicineCount\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MedicinesOfCategory($categoryId: ID, $search: String, $first: Int = 20, $after: String) {\n  medicines(\n    categoryId: $categoryId\n    search: $search\n    first: $first\n    after: $after\n  ) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        price {\n          amount\n          currency\n        }\n        inStock\n      }\n    }\n  }\n}"): (typeof documents)["query MedicinesOfCategory($categoryId: ID, $search: String, $first: Int = 20, $after: String) {\n  medicines(\n    categoryId: $categoryId\n    search: $search\n    first: $first\n    after: $after\n  ) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        price {\n          amount\n          currency\n        }\n        inStock\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MedicineGroups($search: String = \"ibu\", $first: Int = 5, $after: String) {\n  medicineGroups(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        variants {\n          id\n          strength\n          dosageForm\n          route\n          manufacturer\n        }\n        medicines {\n          id\n          name\n          price {\n            amount\n            currency\n          }\n          inStock\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query MedicineGroups($search: String = \"ibu\", $first: Int = 5, $after: String) {\n  medicineGroups(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        variants {\n          id\n          strength\n          dosageForm\n          route\n          manufacturer\n        }\n        medicines {\n          id\n          name\n          price {\n            amount\n            currency\n          }\n          inStock\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Catalogue($search: String = \"ibuprofen\", $first: Int = 10, $after: String) {\n  catalogue(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        strength\n        dosageForm\n        route\n        ingredients\n        manufacturerFullName\n        teCode\n        approvalDate\n        marketingStatus\n      }\n    }\n  }\n}"): (typeof documents)["query Catalogue($search: String = \"ibuprofen\", $first: Int = 10, $after: String) {\n  catalogue(search: $search, first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        tradeName\n        strength\n        dosageForm\n        route\n        ingredients\n        manufacturerFullName\n        teCode\n        approvalDate\n        marketingStatus\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Medicine($id: ID!) {\n  medicine(id: $id) {\n    id\n    name\n    rank\n    discontinued\n    inStock\n    updatedAt\n    price {\n      amount\n      currency\n    }\n    category {\n      slug\n      name\n    }\n    product {\n      id\n      tradeName\n      strength\n      strengthRemark\n      ingredients\n      manufacturer\n      group {\n        id\n        tradeName\n      }\n    }\n  }\n}"): (typeof documents)["query Medicine($id: ID!) {\n  medicine(id: $id) {\n    id\n    name\n    rank\n    discontinued\n    inStock\n    updatedAt\n    price {\n      amount\n      currency\n    }\n    category {\n      slug\n      name\n    }\n    product {\n      id\n      tradeName\n      strength\n      strengthRemark\n      ingredients\n      manufacturer\n      group {\n        id\n        tradeName\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    token\n    expiresAt\n    viewer {\n      name\n      role\n      tenant {\n        slug\n      }\n    }\n  }\n}"): (typeof documents)["mutation SignIn($input: SignInInput!) {\n  signIn(input: $input) {\n    token\n    expiresAt\n    viewer {\n      name\n      role\n      tenant {\n        slug\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Viewer {\n  viewer {\n    id\n    email\n    name\n    role\n    tenant {\n      slug\n      name\n    }\n    memberships {\n      role\n      tenant {\n        slug\n        name\n      }\n    }\n  }\n}"): (typeof documents)["query Viewer {\n  viewer {\n    id\n    email\n    name\n    role\n    tenant {\n      slug\n      name\n    }\n    memberships {\n      role\n      tenant {\n        slug\n        name\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query TopMedicines($first: Int = 200) {\n  topMedicines(first: $first) {\n    id\n    rank\n    name\n    price {\n      amount\n      currency\n    }\n    category {\n      name\n    }\n    product {\n      strength\n      dosageForm\n      manufacturer\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}"): (typeof documents)["query TopMedicines($first: Int = 200) {\n  topMedicines(first: $first) {\n    id\n    rank\n    name\n    price {\n      amount\n      currency\n    }\n    category {\n      name\n    }\n    product {\n      strength\n      dosageForm\n      manufacturer\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation SellMedicine($input: SellMedicineInput!) {\n  sellMedicine(input: $input) {\n    total {\n      amount\n      currency\n    }\n    medicine {\n      id\n      name\n      inStock\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}"): (typeof documents)["mutation SellMedicine($input: SellMedicineInput!) {\n  sellMedicine(input: $input) {\n    total {\n      amount\n      currency\n    }\n    medicine {\n      id\n      name\n      inStock\n    }\n    stock {\n      quantity\n      low\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query LowStock($medicineId: ID!) {\n  lowStockCount\n  stock(medicineId: $medicineId) {\n    quantity\n    reorderLevel\n    low\n    updatedAt\n  }\n}"): (typeof documents)["query LowStock($medicineId: ID!) {\n  lowStockCount\n  stock(medicineId: $medicineId) {\n    quantity\n    reorderLevel\n    low\n    updatedAt\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UpdateMedicine($input: UpdateMedicineInput!) {\n  updateMedicine(input: $input) {\n    id\n    name\n    discontinued\n    updatedAt\n    price {\n      amount\n      currency\n    }\n  }\n}"): (typeof documents)["mutation UpdateMedicine($input: UpdateMedicineInput!) {\n  updateMedicine(input: $input) {\n    id\n    name\n    discontinued\n    updatedAt\n    price {\n      amount\n      currency\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CacheStats {\n  cacheStats {\n    verdict\n    totals {\n      hits\n      misses\n      hitRate\n    }\n  }\n}"): (typeof documents)["query CacheStats {\n  cacheStats {\n    verdict\n    totals {\n      hits\n      misses\n      hitRate\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Category {\n      name\n    }\n    ... on Medicine {\n      name\n      inStock\n    }\n  }\n}"): (typeof documents)["query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Category {\n      name\n    }\n    ... on Medicine {\n      name\n      inStock\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation ReceiveShipment($input: ReceiveShipmentInput!) {\n  receiveShipment(input: $input) {\n    items {\n      quantity\n      medicine {\n        id\n        name\n      }\n      stock {\n        quantity\n        low\n      }\n    }\n  }\n}"): (typeof documents)["mutation ReceiveShipment($input: ReceiveShipmentInput!) {\n  receiveShipment(input: $input) {\n    items {\n      quantity\n      medicine {\n        id\n        name\n      }\n      stock {\n        quantity\n        low\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Users($first: Int = 20, $after: String) {\n  users(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        name\n        email\n        role\n        sessions {\n          id\n          current\n          createdAt\n          expiresAt\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query Users($first: Int = 20, $after: String) {\n  users(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    edges {\n      node {\n        id\n        name\n        email\n        role\n        sessions {\n          id\n          current\n          createdAt\n          expiresAt\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CacheAudit {\n  cacheAudit {\n    places {\n      kind\n      name\n      maxAge\n      scope\n      tags\n      invalidatedBy\n    }\n    notes\n  }\n}"): (typeof documents)["query CacheAudit {\n  cacheAudit {\n    places {\n      kind\n      name\n      maxAge\n      scope\n      tags\n      invalidatedBy\n    }\n    notes\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;