import { useEffect, useRef, useState } from 'preact/hooks';
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
  const under = useRef({ way: 0, known });
  under.current.known = known;
  const text = JSON.stringify(known);
  // What one chose next stays while what one chose before is being said.
  const settle = () => setChosen((now) => (under.current.way === 0 ? {} : unsaid(now, under.current.known)));
  useEffect(settle, [text]);
  return {
    now: { ...known, ...chosen },
    set(what) {
      setChosen((before) => ({ ...before, ...what }));
      under.current.way++;
      void attempt(chat, change(what)).then((done) => {
        under.current.way--;
        setChosen((now) => (done ? unsaid(now, under.current.known) : {}));
      });
    },
  };
}

/** What of it the server has not said yet. */
function unsaid<S extends object>(chosen: Partial<S>, known: S): Partial<S> {
  const left = Object.entries(chosen).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(known[key as keyof S]),
  );
  return Object.fromEntries(left) as Partial<S>;
}
