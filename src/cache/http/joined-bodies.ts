import { hash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { joinPieces, type AnsweredPiece } from '../graphql/index.js';

export type Encoding = 'identity' | 'br' | 'gzip';

export interface Body {
  /** A text where it is short and not compressed: it goes out with the headers in one piece. */
  readonly content: Buffer | string;
  readonly bytes: number;
  readonly encoding: Encoding;
  /** Strong, of this encoding, and of these keys: the same bytes under another key are another tag. */
  readonly etag: string;
}

/** Bodies below this many bytes are not made smaller by it, as packets go. */
const COMPRESS_FROM = 1_400;
/** Above it, turning text into bytes costs more than another piece. */
const TEXT_UP_TO = 8_192;
/** Most of the gain for a tenth of the time that the best takes: it is done once for many readers. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
/** Of answers that have their first piece in common, so many are remembered. */
const MAX_VARIANTS = 4;

/** The parts of a piece that a body depends on. The piece itself would keep its document in memory. */
interface Part {
  readonly entry: object | null;
  readonly responseName: string;
}

interface Joined {
  readonly parts: readonly Part[];
  readonly bodies: Partial<Record<Encoding, Body>>;
}

/**
 * Bodies that were joined from stored pieces, remembered under the identity of these: a piece that is stored anew is another
 * object, and what was joined from the old one goes with it.
 */
export class JoinedBodies {
  readonly #known = new WeakMap<object, Joined[]>();

  /** The body of an answer without errors. `accepted` is the best that the client takes. */
  of(pieces: readonly AnsweredPiece[], accepted: Encoding): Body {
    const first = pieces.find(({ entry }) => entry !== null)?.entry;
    const known = first && this.#known.get(first)?.find((variant) => isSame(variant.parts, pieces));
    if (known) return (known.bodies[accepted] ??= bodyOf(pieces, accepted));
    if (!first || !pieces.every(isRememberable)) return bodyOf(pieces, 'identity');
    const body = bodyOf(pieces, accepted);
    // What is short is joined sooner than remembered, unless it comes back as the same objects.
    if (!isShort(pieces) || pieces.every(isNear)) this.#remember(first, { parts: pieces.map(({ entry, piece }) => ({ entry, responseName: piece.responseName })), bodies: { [accepted]: body } });
    return body;
  }

  #remember(first: object, joined: Joined): void {
    const variants = this.#known.get(first) ?? [];
    if (variants.length === 0) this.#known.set(first, variants);
    if (variants.length >= MAX_VARIANTS) variants.shift();
    variants.push(joined);
  }
}

function isRememberable({ entry, piece }: AnsweredPiece): boolean {
  return entry !== null || piece.kind === 'typename';
}

function isShort(pieces: readonly AnsweredPiece[]): boolean {
  return pieces.reduce((length, { json }) => length + json.length, 0) < COMPRESS_FROM;
}

/** What was found in this process is found again as the same object; what came from elsewhere is another one each time. */
function isNear({ piece, isHit, events }: AnsweredPiece): boolean {
  return piece.kind === 'typename' || (isHit && events.length === 0);
}

function isSame(known: readonly Part[], asked: readonly AnsweredPiece[]): boolean {
  return known.length === asked.length && known.every(({ entry, responseName }, at) => entry === asked[at]?.entry && responseName === asked[at]?.piece.responseName);
}

function bodyOf(pieces: readonly AnsweredPiece[], accepted: Encoding): Body {
  const text = `{"data":${joinPieces(pieces)}}\n`;
  const length = Buffer.byteLength(text);
  const encoding = length < COMPRESS_FROM ? 'identity' : accepted;
  const keys = pieces.map(({ identity }) => identity?.key ?? '').join('');
  const tag = hash('sha256', text + keys, 'base64url').slice(0, 22);
  const content = encoding === 'identity' && length <= TEXT_UP_TO ? text : encoded(Buffer.from(text), encoding);
  const bytes = typeof content === 'string' ? length : content.length;
  return { content, bytes, encoding, etag: `"${tag}${encoding === 'identity' ? '' : `-${encoding}`}"` };
}

function encoded(plain: Buffer, encoding: Encoding): Buffer {
  return encoding === 'br' ? brotliCompressSync(plain, BROTLI) : encoding === 'gzip' ? gzipSync(plain) : plain;
}
