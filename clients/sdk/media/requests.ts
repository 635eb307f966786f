import { refusal } from '../../../protocol/errors.ts';
import { problemOf, RefusedError, type Session, type Sessions } from '../session.ts';

/** What asks for files, as the signed-in device. */
export interface Requests {
  /** Where the server is, without a slash at its end. */
  readonly server: string;
  /** @throws {RefusedError}, or an Error when it did not arrive or was not answered */
  ask(path: string, options?: RequestInit): Promise<Response>;
}

/**
 * Requests with the device’s token, which is exchanged where it is not good any more. They take as long as they take: what ends
 * one is its signal.
 * @param server base URL of the HTTP API
 */
export function requestsOf(
  server: string,
  sessions: Pick<Sessions, 'stored' | 'refresh'>,
  session: Session,
): Requests {
  const base = server.replace(/\/$/, '');
  let known = session;
  /** Another request, or the connection, may have exchanged it. */
  const latest = async () => {
    const stored = await sessions.stored();
    return stored?.device === known.device ? stored : known;
  };
  const once = (path: string, options: RequestInit, token: string) => {
    const headers = new Headers(options.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(base + path, { ...options, headers });
  };
  return {
    server: base,
    async ask(path, options = {}) {
      known = await latest();
      let response = await once(path, options, known.accessToken);
      // Of a token that is not good any more; what else it may mean, the second answer says.
      if (response.status === 401) {
        known = await sessions.refresh(known);
        response = await once(path, options, known.accessToken);
      }
      if (!response.ok) throw await refusedBy(response, base);
      return response;
    },
  };
}

async function refusedBy(response: Response, server: string): Promise<Error> {
  const text = await response.text().catch(() => '');
  // An answer to HEAD has no words.
  if (text === '' && response.status === 404) return new RefusedError(refusal('not_found'));
  let answer: unknown = null;
  try {
    answer = JSON.parse(text);
  } catch {
    // not of the contract
  }
  return problemOf(answer, response.status, server);
}
