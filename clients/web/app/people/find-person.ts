import { useEffect, useState } from 'preact/hooks';
import { RefusedError } from '../../../sdk/session.ts';
import type { Chat } from '../../chat/chat.ts';

/** What came of looking somebody up by the name they sign in with. */
export type Found =
  | { state: 'nothing' | 'searching' | 'none' }
  | { state: 'found'; user: string; username: string; name: string }
  | { state: 'failed'; error: unknown };

/** One types on: milliseconds. */
const TYPED_MS = 250;
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,31}$/;

/** A name to sign in with, of what somebody typed or pasted, with or without `@`, or as a link; null: it is none. */
export function usernameIn(text: string): string | null {
  const linked = /\/u\/([^/?#\s]+)\/?$/.exec(text.trim())?.[1];
  const username = (linked ?? text.trim().replace(/^@/, '')).toLowerCase();
  return USERNAME.test(username) ? username : null;
}

/** Looks somebody up while one types. Only whole names are found: a server does not let its people be browsed. */
export function useFound(chat: Chat, text: string): Found {
  const username = usernameIn(text);
  const online = chat.status.value === 'online';
  const [found, setFound] = useState<Found>({ state: 'nothing' });
  useEffect(() => {
    if (username === null) return setFound({ state: 'nothing' });
    let ended = false;
    const put = (what: Found) => {
      if (!ended) setFound(what);
    };
    put({ state: 'searching' });
    const timer = setTimeout(() => {
      chat.query('user.find', { username }).then(
        ({ id, name }) => put({ state: 'found', user: id, username, name: name ?? username }),
        (error: unknown) => {
          const nobody = error instanceof RefusedError && error.refusal.code === 'user_not_found';
          put(nobody ? { state: 'none' } : { state: 'failed', error });
        },
      );
    }, TYPED_MS);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [chat, username, online]);
  return found;
}
