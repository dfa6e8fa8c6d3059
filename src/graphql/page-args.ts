import { ArgsType, Field, Int } from 'type-graphql';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, pageAsk, type PageAsk } from './connection.js';
import { LarderError } from './errors.js';
import { WholeNumber } from './validation.js';

@ArgsType()
export class PageArgs {
  @WholeNumber({ min: 1, max: MAX_PAGE_SIZE })
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_PAGE_SIZE, description: `How many, 1 to ${MAX_PAGE_SIZE}.` })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor after which the page begins.' })
  readonly after?: string | null;
}

/** A page of a list that is ordered by a text and then by an id. */
export interface TextPageAsk extends PageAsk {
  readonly after: readonly [text: string, id: string] | null;
}

/** @throws LarderError CURSOR_INVALID when the cursor's last part is nobody's id, as `idOrNull` says. */
export function textPageAsk({ first, after }: PageArgs, idOrNull: (id: string) => string | null): TextPageAsk {
  const ask = pageAsk(first, after, 2);
  if (ask.after === null) return { first: ask.first, after: null };
  const [text, id] = ask.after;
  // NUL is the one character that no text in the database contains, and that it refuses to be asked about.
  const isPlace = typeof text === 'string' && !text.includes('\0') && typeof id === 'string' && idOrNull(id) === id;
  if (!isPlace) throw new LarderError('CURSOR_INVALID', 'The cursor was not handed out by this field.');
  return { first: ask.first, after: [text, id] };
}
