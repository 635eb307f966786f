import type { MediaContent } from '../../../protocol/media.ts';
import { contentBefore, type FileDescription } from '../media/description.ts';
import type { MakePreview, Preview } from '../media/preview.ts';
import { type Envelope, freshEnvelope } from '../media/sealed/envelope.ts';
import { typeOf } from '../media/sealed/type-of.ts';
import { withoutTraces } from '../media/traces/traces.ts';
import { sleep } from './waiting.ts';

/** Longest that a message waits for a picture of its file, milliseconds. */
const MOST_MS = 10_000;

/** What is said of a file that is to be encrypted, and with what. @throws {RefusedError} too_large, bad_request */
export async function sealed(
  file: Blob,
  options: FileDescription,
  preview: MakePreview,
): Promise<{ content: MediaContent; envelope: Envelope }> {
  const made = options.thumbnail === undefined ? await within(preview(file)) : null;
  const { thumbnail, ...said } = { ...made, ...options };
  // As it will be uploaded.
  const clean = await withoutTraces(file);
  const content = contentBefore(clean, said, await typeOf(clean));
  return { content, envelope: await freshEnvelope(thumbnail) };
}

/** A file without a picture of itself is better than none. */
async function within(making: Promise<Preview | null>): Promise<Preview | null> {
  const abort = new AbortController();
  try {
    return await Promise.race([making.catch(() => null), sleep(MOST_MS, abort.signal).then(() => null)]);
  } finally {
    abort.abort();
  }
}
