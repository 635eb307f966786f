import { type MediaContent, plainBlob, type Variant } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { typeShown } from './content.ts';

/** A file of a message that was encrypted, as long as somebody looks at it. */
export interface Held {
  /** @throws {DamagedError} it is not what was sent; others: it could not be fetched */
  url: Promise<string>;
  release(): void;
}

interface Opened {
  url: Promise<string>;
  /** null: it is still coming. */
  bytes: number | null;
  users: number;
  abort: AbortController;
}

/** So much that nobody looks at any more is kept, for when somebody scrolls back. */
const MOST_UNUSED = 40;
const MOST_UNUSED_BYTES = 64 * 1_024 * 1_024;
/** What was looked at last is at the end. */
const all = new Map<string, Opened>();

/** Fetches and decrypts it, once however many look at it. */
export function holdOpened(chat: Chat, media: MediaContent, variant: Variant): Held {
  // The same file may be in messages of others, who say other things of it.
  const name = `${variant} ${media.media} ${typeShown(media, variant)} ${JSON.stringify(media.encrypted)}`;
  const opened = all.get(name) ?? begin(chat, media, variant, () => all.delete(name));
  all.delete(name);
  all.set(name, opened);
  opened.users++;
  let held = true;
  return {
    url: opened.url,
    release() {
      if (!held) return;
      held = false;
      opened.users--;
      tidy();
    },
  };
}

function begin(chat: Chat, media: MediaContent, variant: Variant, gone: () => void): Opened {
  const abort = new AbortController();
  const opened: Opened = {
    url: fetchOpened(chat, media, variant, abort.signal).then((blob) => {
      opened.bytes = blob.size;
      return URL.createObjectURL(blob);
    }),
    ...{ bytes: null, users: 0, abort },
  };
  // Who asks again gets another one.
  opened.url.catch(gone);
  return opened;
}

/** The file of a message, decrypted where it is encrypted. @throws {DamagedError} and as fetching does */
export async function fetchOpened(
  chat: Chat,
  media: MediaContent,
  variant: Variant,
  signal: AbortSignal,
): Promise<Blob> {
  const places = await chat.mediaPlaces(media.media);
  const place = variant === 'content' ? places.url : places.thumbnail;
  if (place === null) throw new Error('there is no thumbnail');
  const response = await fetch(place, { signal, credentials: 'omit' });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return plainBlob(response, media, { variant, type: typeShown(media, variant) });
}

/** What nobody looks at is let go of: at once where it is still coming, otherwise the longest unseen first. */
function tidy(): void {
  const unused = [...all].filter(([, { users }]) => users === 0);
  let count = unused.length;
  let bytes = unused.reduce((sum, [, opened]) => sum + (opened.bytes ?? 0), 0);
  for (const [name, opened] of unused) {
    const isComing = opened.bytes === null;
    if (!isComing && count <= MOST_UNUSED && bytes <= MOST_UNUSED_BYTES) continue;
    all.delete(name);
    opened.abort.abort();
    opened.url.then(URL.revokeObjectURL, () => {});
    count--;
    bytes -= opened.bytes ?? 0;
  }
}
