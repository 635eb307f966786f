import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AnswerOf, AnyEvent, Fields, QueryType } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';

export interface Asked<T extends QueryType> {
  /** null: not known yet. What was known stays while it is asked for again. */
  answer: AnswerOf<T> | null;
  /** Why there is none. */
  error: unknown;
  again(): void;
}

/**
 * Asks the server, and again with every connection, and whenever an event of one's own account makes it old.
 * @param oldBy whether an event makes it so: the same function every time
 */
export function useAnswer<T extends QueryType>(
  chat: Chat,
  type: T,
  fields: Fields<T>,
  oldBy?: (event: AnyEvent) => boolean,
): Asked<T> {
  const [answer, setAnswer] = useState<{ key: string; value: AnswerOf<T> } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const online = chat.status.value === 'online';
  const key = JSON.stringify([type, fields]);
  const again = useCallback(() => setTurn((before) => before + 1), []);

  useEffect(() => {
    let ended = false;
    chat.query(type, fields).then(
      (value) => {
        if (ended) return;
        setAnswer({ key, value });
        setError(null);
      },
      (why: unknown) => {
        if (!ended) setError(why);
      },
    );
    return () => {
      ended = true;
    };
  }, [chat, key, online, turn]);
  useEffect(() => {
    if (oldBy === undefined) return;
    return chat.onAccount((event) => {
      if (oldBy(event)) again();
    });
  }, [chat, oldBy]);

  return { answer: answer?.key === key ? answer.value : null, error, again };
}
