import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../../../protocol/errors.ts';
import type { ByteRange } from '../../media/blobs.ts';
import type { MediaService } from '../../media/index.ts';
import type { Piece } from '../../media/library.ts';
import type { Grant } from '../../media/signing.ts';

/** What is shown is shown and never run: no script, no frame, no request of its own. */
const POLICY =
  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";
/** RFC 9110 §14.1.2, one range: several are answered with the whole, which is allowed. */
const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** Sends what is behind a signed URL, or a part of it, or where it is. @throws {Refused} not_found, range_not_satisfiable, unavailable */
export async function sendPiece(
  media: Pick<MediaService, 'library' | 'blobs' | 'fetched' | 'behindCdn'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { expires }: Grant,
  piece: Piece,
): Promise<FastifyReply> {
  const seconds = Math.max(0, Math.floor((expires - Date.now()) / 1_000));
  reply.headers({
    'content-security-policy': POLICY,
    // What is encrypted is fetched by scripts, to be read by them; whoever has the URL may have the bytes.
    ...(media.behindCdn ? { 'access-control-allow-origin': '*' } : {}),
    'cross-origin-resource-policy': media.behindCdn ? 'cross-origin' : 'same-origin',
    'cache-control': `${media.behindCdn ? 'public' : 'private'}, max-age=${seconds}, immutable`,
  });
  const elsewhere = await media.library.elsewhere(piece);
  // Where it is is good for no longer than the URL that led there.
  if (elsewhere !== null) return reply.header('cache-control', 'no-store').redirect(elsewhere, 302);

  reply.headers({ etag: piece.etag, 'accept-ranges': 'bytes' });
  if (names(request.headers['if-none-match'], piece.etag)) return reply.code(304).send();
  const size = await media.blobs.head(piece.blob);
  if (size === null) throw new Refused('not_found');
  const range = rangeOf(request, piece.etag, size);
  if (range === 'none') {
    reply.header('content-range', `bytes */${size}`).header('cache-control', 'no-store');
    throw new Refused('range_not_satisfiable', `${size} bytes`);
  }
  const length = range === null ? size : range.to - range.from + 1;
  reply.headers({
    'content-type': piece.mime,
    'content-disposition': piece.disposition,
    'content-length': String(length),
  });
  if (range !== null) reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`);
  // A stream, of which the framework does not say that it is empty.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const bytes = await media.blobs.get(piece.blob, range ?? undefined);
  if (bytes === null) throw new Refused('not_found');
  media.fetched(length);
  return reply.send(bytes);
}

/** RFC 9110 §13.1.2: weak comparison, of a list or of anything. */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** Null: the whole; `none`: no byte of it. */
function rangeOf({ headers }: FastifyRequest, etag: string, size: number): ByteRange | null | 'none' {
  // RFC 9110 §13.1.5: of something else, the whole.
  const unless = headers['if-range'];
  if (headers.range === undefined || (unless !== undefined && unless !== etag)) return null;
  const [, first = '', last = ''] = RANGE.exec(headers.range) ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'none' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return null;
  return from >= size ? 'none' : { from, to };
}
