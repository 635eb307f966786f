import { useEffect, useState } from 'preact/hooks';
import { DamagedError, type MediaContent, type Message, sealOf } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { keepLocal, localUrl } from './local.ts';
import { holdOpened } from './opened.ts';

export interface Source {
  /** null: not known yet. */
  url: string | null;
  thumbnail: string | null;
  /** null: nothing is wrong. `damaged`: it is not what was sent. */
  failed: 'gone' | 'damaged' | null;
  /** It is being fetched, to be decrypted. */
  coming: boolean;
}

const NOTHING: Source = { url: null, thumbnail: null, failed: null, coming: false };
/** So often a place that does not work is asked for again by itself: it may have been an old one. */
const MOST_AGAIN = 1;

/**
 * Where a message’s file is: here while it is on its way, then at the server; one that is encrypted is decrypted, whole where that is
 * wanted. `broken`: what is there could not be shown.
 * @param whole of an encrypted file, more than its thumbnail is wanted at once; otherwise when `load` is called
 */
export function useSource(chat: Chat, message: Message, media: MediaContent, whole = false) {
  const [source, setSource] = useState<Source>(NOTHING);
  const [tries, setTries] = useState(0);
  const [wanted, setWanted] = useState(whole);
  const isSealed = media.encrypted !== undefined;
  useEffect(() => {
    let ended = false;
    const found = (next: Partial<Source>) => {
      if (!ended) setSource((before) => ({ ...before, ...next }));
    };
    let release = () => {};
    if (isSealed && media.media !== '' && localUrl(message.key) === null)
      release = openSealed(chat, media, wanted, found);
    else
      sourceOf(chat, message.key, media.media).then(
        ({ url, thumbnail }) => found({ ...NOTHING, url, thumbnail }),
        () => found({ ...NOTHING, failed: 'gone' }),
      );
    return () => {
      ended = true;
      release();
    };
    // Without a connection it could not be asked for.
  }, [message.key, media.media, tries, wanted, isSealed, chat.status.value === 'online']);
  return {
    ...source,
    load: () => setWanted(true),
    broken: () => {
      // What has been decrypted comes out the same.
      if (tries < MOST_AGAIN && !isSealed) setTries(tries + 1);
      else setSource({ ...NOTHING, failed: isSealed ? 'damaged' : 'gone' });
    },
    again: () => {
      setSource(NOTHING);
      setTries(tries + 1);
    },
  };
}

async function sourceOf(chat: Chat, key: string, media: string): Promise<Pick<Source, 'url' | 'thumbnail'>> {
  const local = localUrl(key);
  if (local !== null) return { url: local, thumbnail: local };
  if (media === '') {
    const file = await chat.fileOf(key);
    if (file === null) throw new Error('it is not here');
    const url = keepLocal(key, file);
    return { url, thumbnail: url };
  }
  return chat.mediaPlaces(media);
}

/** Returns what lets go of it. */
function openSealed(
  chat: Chat,
  media: MediaContent,
  whole: boolean,
  found: (next: Partial<Source>) => void,
): () => void {
  const small = sealOf(media)?.thumbnail === undefined ? null : holdOpened(chat, media, 'thumbnail');
  // A small picture that is missing or damaged is no reason to keep the file from anybody.
  small?.url.then(
    (thumbnail) => found({ thumbnail }),
    () => {},
  );
  const large = whole ? holdOpened(chat, media, 'content') : null;
  if (large !== null) found({ coming: true, failed: null });
  large?.url.then(
    (url) => found({ url, coming: false }),
    (error: unknown) => found({ coming: false, failed: error instanceof DamagedError ? 'damaged' : 'gone' }),
  );
  return () => {
    small?.release();
    large?.release();
  };
}
