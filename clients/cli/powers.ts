import type { Refusal } from '../../protocol/errors.ts';
import { RefusedError, type Session, type Sessions } from '../sdk/index.ts';
import type { Powers } from './app.ts';

const TIMEOUT_MS = 15_000;

/** What goes over HTTP, with this device's tokens. */
export function powersOf(server: string, sessions: Sessions): Powers {
  const session = async (): Promise<Session> => {
    const stored = await sessions.stored();
    if (stored === null) throw new Error('Signed out: start again to log in.');
    return stored;
  };
  return {
    async invite(admin) {
      const ask = async ({ accessToken }: Session) =>
        post(`${server}/invitations`, accessToken, admin ? { admin } : {});
      return ask(await session()).catch(async (error: unknown) => {
        // Access tokens are short-lived: the usual case for a device that was on for a while.
        if (!(error instanceof RefusedError) || error.refusal.code !== 'token_expired') throw error;
        return ask(await sessions.refresh(await session()));
      });
    },
    logout: async () => sessions.logout(await session()),
  };
}

async function post(url: string, token: string, body: object): Promise<{ code: string; expires: number }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = (await response.json()) as { code: string; expires: number } & {
    title?: string;
  } & Partial<Refusal>;
  if (response.ok) return answer;
  const { code, message, title, retry = false } = answer as Partial<Refusal> & { title?: string };
  if (code === undefined) throw new Error(`HTTP ${response.status} from ${new URL(url).host}`);
  throw new RefusedError({ code, message: message ?? title ?? code, retry });
}
