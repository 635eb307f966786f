import { useEffect, useState } from 'preact/hooks';
import type { MediaContent, Message } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { keepLocal, localUrl } from './local.ts';

export interface Source {
  /** null: not known yet. */
  url: string | null;
  thumbnail: string | null;
  failed: boolean;
}

const NOTHING: Source = { url: null, thumbnail: null, failed: false };
/** So often a place that does not work is asked for again by itself: it may have been an old one. */
const MOST_AGAIN = 1;

/** Where a message’s file is: here while it is on its way, then at the server. `broken`: what is there could not be shown. */
export function useSource(chat: Chat, message: Message, media: MediaContent) {
  const [source, setSource] = useState<Source>(NOTHING);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let ended = false;
    const found = (next: Source) => {
      if (!ended) setSource(next);
    };
    sourceOf(chat, message.key, media.media).then(
      (next) => found(next),
      () => found({ ...NOTHING, failed: true }),
    );
    return () => {
      ended = true;
    };
    // Without a connection it could not be asked for.
  }, [message.key, media.media, tries, chat.status.value === 'online']);
  return {
    ...source,
    broken: () => {
      if (tries < MOST_AGAIN) setTries(tries + 1);
      else setSource({ ...NOTHING, failed: true });
    },
    again: () => {
      setSource(NOTHING);
      setTries(tries + 1);
    },
  };
}

async function sourceOf(chat: Chat, key: string, media: string): Promise<Source> {
  const local = localUrl(key);
  if (local !== null) return { url: local, thumbnail: local, failed: false };
  if (media === '') {
    const file = await chat.fileOf(key);
    if (file === null) return { ...NOTHING, failed: true };
    const url = keepLocal(key, file);
    return { url, thumbnail: url, failed: false };
  }
  const { url, thumbnail } = await chat.mediaPlaces(media);
  return { url, thumbnail, failed: false };
}
