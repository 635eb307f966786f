import type { MediaContent } from '../../../protocol/media.ts';
import { DamagedError, Opener, openedStream } from './sealed/opening.ts';
import { type Lid, sealOf } from './sealed/seal.ts';

/** So much is put aside at a time: a browser keeps large things elsewhere than in memory. */
const PIECE = 8 * 1_024 * 1_024;

/** What of a file is wanted. */
export type Variant = 'content' | 'thumbnail';

/** What is needed to read it; null: it is as it comes. @throws {Error} it is encrypted in a way that is not known here, or has no such part */
export function lidOf(content: MediaContent, variant: Variant = 'content'): Lid | null {
  if (content.encrypted === undefined) return null;
  const seal = sealOf(content);
  const lid = variant === 'content' ? seal : seal?.thumbnail;
  if (!lid) throw new Error('It cannot be decrypted here.');
  return lid;
}

/** What it is when it has been decrypted. */
export const mimeOf = (content: MediaContent, variant: Variant = 'content'): string =>
  variant === 'content' ? content.mime : (sealOf(content)?.thumbnail?.mime ?? 'image/webp');

/** The bytes of a file as it was sent, as they come from where it is fetched. What is encrypted errors with {@link DamagedError} where it is not that. */
export function plainStream(
  response: Response,
  content: MediaContent,
  variant: Variant = 'content',
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const lid = lidOf(content, variant);
  const { body } = response;
  if (body === null) throw new DamagedError();
  return lid === null ? (body as ReadableStream<Uint8Array<ArrayBuffer>>) : openedStream(body, lid);
}

/**
 * The whole of it. Where answers do not come as streams (React Native) it is whole in memory.
 * @param type in place of what it is, where that is not to be believed
 * @throws {DamagedError} and as the answer does
 */
export async function plainBlob(
  response: Response,
  content: MediaContent,
  { variant = 'content', type = mimeOf(content, variant) }: { variant?: Variant; type?: string } = {},
): Promise<Blob> {
  const lid = lidOf(content, variant);
  if (lid === null) return (await response.blob()).slice(0, undefined, type);
  const opener = new Opener(lid);
  let whole = new Blob([]);
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const came of piecesOf(response)) {
    for (const plain of opener.push(came)) {
      pieces.push(plain);
      size += plain.length;
    }
    if (size < PIECE) continue;
    whole = new Blob([whole, ...pieces]);
    pieces = [];
    size = 0;
  }
  opener.end();
  return new Blob([whole, ...pieces], { type });
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return yield new Uint8Array(await response.arrayBuffer());
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever has had enough does not wait for the rest.
    await reader.cancel().catch(() => {});
  }
}
