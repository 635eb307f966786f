import { useEffect, useState } from 'preact/hooks';
import type { Chat } from '../../chat/chat.ts';
import { attempt } from '../screen/index.ts';

/**
 * Settings that are shown as chosen at once, before the server has said so, and as they were where it refused.
 * @param known what the server last said
 */
export function useSetting<S extends object>(
  chat: Chat,
  known: S,
  change: (what: Partial<S>) => Promise<unknown>,
): { now: S; set(what: Partial<S>): void } {
  const [chosen, setChosen] = useState<Partial<S>>({});
  const text = JSON.stringify(known);
  useEffect(() => setChosen({}), [text]);
  return {
    now: { ...known, ...chosen },
    set(what) {
      setChosen((before) => ({ ...before, ...what }));
      void attempt(chat, change(what)).then((done) => {
        if (!done) setChosen({});
      });
    },
  };
}
