import { useEffect, useState } from 'preact/hooks';
import type { ServerAnswer } from '../../../../protocol/http/server.ts';

/** What the server says of itself to who has no account; null: not yet, or it is not reachable. */
export function useServer(): ServerAnswer | null {
  const [server, setServer] = useState<ServerAnswer | null>(null);
  useEffect(() => {
    const end = new AbortController();
    fetch('/server', { signal: end.signal })
      .then(async (answer) => {
        if (answer.ok) setServer((await answer.json()) as ServerAnswer);
      })
      .catch(() => {}); // who signs in is told
    return () => end.abort();
  }, []);
  return server;
}
