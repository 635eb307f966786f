import { rm } from 'node:fs/promises';
import type { Workshop } from './images/workshop.ts';
import { freshPath } from './incoming.ts';
import type { Substance } from './store.ts';
import { isPicture, kindOf, typeOf, UNKNOWN } from './types.ts';
import type { VideoTools } from './video.ts';

export interface Examiners {
  /** Where files are that are on their way. */
  folder: string;
  workshop: Workshop;
  video: VideoTools;
}

/** What a file turned out to be. The paths are of files that are the caller’s to remove. */
export interface Examined
  extends Pick<Substance, 'mime' | 'kind' | 'width' | 'height' | 'durationMs' | 'blurhash'> {
  /** What to keep in place of what arrived; null: what arrived. */
  path: string | null;
  thumbnail: string | null;
}

const nothingKnown = {
  path: null,
  thumbnail: null,
  width: null,
  height: null,
  durationMs: null,
  blurhash: null,
};

/** A file without a look inside. */
export const opaque = (kind: Substance['kind']): Examined => ({ ...nothingKnown, mime: UNKNOWN, kind });

/** Looks at its bytes. Pictures are written anew: what is kept is pixels and nothing else. @throws {Refused} media_rejected, overloaded */
export async function examine(parts: Examiners, path: string): Promise<Examined> {
  const mime = await typeOf(path);
  if (isPicture(mime)) return picture(parts, path, mime);
  // Bytes that begin as a picture and are none that we read are nothing to show.
  const kind = kindOf(mime, undefined);
  if (kind === 'video') return video(parts, path, mime);
  if (kind !== 'audio') return { ...nothingKnown, mime, kind };
  const found = await parts.video.probe(path);
  return { ...nothingKnown, mime, kind, durationMs: found?.durationMs ?? null };
}

async function picture(
  { folder, workshop }: Examiners,
  source: string,
  mime: keyof typeof import('./types.ts').pictures,
): Promise<Examined> {
  const [clean, thumbnail] = [await freshPath(folder), await freshPath(folder)];
  try {
    const read = await workshop.read({ source, as: mime, clean, thumbnail });
    if (read !== null) return { ...nothingKnown, ...read, mime, kind: 'image', path: clean, thumbnail };
  } catch (error) {
    await discard(clean, thumbnail);
    throw error;
  }
  await discard(clean, thumbnail);
  return opaque('document');
}

/** A video that nobody can take a picture of is one without a thumbnail. */
async function video(
  { folder, workshop, video: tools }: Examiners,
  source: string,
  mime: string,
): Promise<Examined> {
  const found = await tools.probe(source);
  const plain: Examined = { ...nothingKnown, ...found, mime, kind: 'video' };
  const [poster, thumbnail] = [await freshPath(folder), await freshPath(folder)];
  try {
    if (!(await tools.poster(source, poster))) return plain;
    const read = await workshop
      .read({ source: poster, as: null, clean: poster, thumbnail })
      .catch(() => null);
    if (read === null) {
      await discard(thumbnail);
      return plain;
    }
    return { ...plain, blurhash: read.blurhash, thumbnail };
  } finally {
    await discard(poster);
  }
}

/** What is left of it is found by the sweeper. */
export async function discard(...paths: (string | null)[]): Promise<void> {
  for (const path of paths) if (path !== null) await rm(path, { force: true }).catch(() => {});
}
