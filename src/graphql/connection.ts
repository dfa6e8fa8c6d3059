import { Field, ObjectType, type ClassType } from 'type-graphql';
import { LarderError } from './errors.js';
import { PartOfParent } from './cache-profile.js';

/** What `first` and `after` select of an ordered list. */
export interface PageAsk {
  readonly first: number;
  /** The sort key of the row before the page; its last part is the id, which breaks ties. */
  readonly after: SortKey | null;
}

/** The values that a list is ordered by, the id last. */
export type SortKey = readonly (string | number)[];

/** What a list's query answers: one page of rows. Plain data, so that it can be cached. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
}

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 200;

/** @throws LarderError CURSOR_INVALID. `parts` is the number of values in the list's sort key. */
export function pageAsk(first: number | null | undefined, after: string | null | undefined, parts: number): PageAsk {
  return { first: first ?? DEFAULT_PAGE_SIZE, after: after === null || after === undefined ? null : decodeCursor(after, parts) };
}

/** A page from one row more than was asked for. */
export function toPage<Row>(rows: readonly Row[], ask: PageAsk): Page<Row> {
  return { rows: rows.slice(0, ask.first), hasNextPage: rows.length > ask.first };
}

export function encodeCursor(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decodeCursor(cursor: string, parts: number): SortKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isKey = Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string' || Number.isFinite(part));
    if (isKey && encodeCursor(key as SortKey) === cursor) return key as SortKey;
  } catch {
    // Not JSON: the same answer as for any other text that was not handed out.
  }
  throw new LarderError('CURSOR_INVALID', 'The cursor was not handed out by this field.');
}

@PartOfParent()
@ObjectType({ description: 'Where a page stands in its list (Relay cursor connections).' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether rows precede this page: true whenever `after` was given.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

export interface Edge<Node> {
  readonly node: Node;
  readonly cursor: string;
}

/** A connection's data. `of` is what it was asked for, for field resolvers like `totalCount`. */
export interface Connection<Node, Ask> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
  readonly of: Ask;
}

/** For `totalCount` of a connection, which is a field resolver's: it is counted only when selected. */
export const TOTAL_COUNT = { description: 'How many rows the whole list has.' };

/** The `…Edge` and `…Connection` types of a node type. */
export function connectionTypes<Node extends object>(name: string, node: () => ClassType<Node>) {
  @PartOfParent()
  @ObjectType(`${name}Edge`)
  class EdgeType implements Edge<Node> {
    @Field(node)
    readonly node!: Node;

    @Field(() => String)
    readonly cursor!: string;
  }

  @PartOfParent()
  @ObjectType(`${name}Connection`)
  class ConnectionType {
    @Field(() => [EdgeType])
    readonly edges!: EdgeType[];

    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
  }
  return { EdgeType, ConnectionType };
}

export interface ConnectionParts<Node, Ask> {
  readonly ask: PageAsk;
  readonly keyOf: (node: Node) => SortKey;
  readonly of: Ask;
}

export function toConnection<Node, Ask>(page: Page<Node>, { ask, keyOf, of }: ConnectionParts<Node, Ask>): Connection<Node, Ask> {
  const edges = page.rows.map((node) => ({ node, cursor: encodeCursor(keyOf(node)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: ask.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    of,
  };
}
