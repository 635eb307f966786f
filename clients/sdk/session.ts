import type { Refusal } from '../../protocol/errors.ts';
import type { Storage } from './storage.ts';

/** Credentials of one signed-in device. */
export interface Session {
  user: string;
  username: string;
  device: string;
  deviceToken: string;
  accessToken: string;
  refreshToken: string;
}

/** What the server refused, as an exception. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.detail ? `${refusal.message} (${refusal.detail})` : refusal.message);
    this.name = 'RefusedError';
    this.refusal = refusal;
  }
}

interface SessionBody {
  user: { id: string; username: string };
  device: { id: string };
  access_token: string;
  refresh_token: string;
  device_token: string;
}

const KEY = 'session';

/** Signs in and stays signed in. `server` is the base URL of the HTTP API. */
export class Sessions {
  readonly #server: string;
  readonly #storage: Storage;

  constructor(server: string, storage: Storage) {
    this.#server = server.replace(/\/$/, '');
    this.#storage = storage;
  }

  async stored(): Promise<Session | null> {
    const text = await this.#storage.get(KEY);
    return text === undefined ? null : (JSON.parse(text) as Session);
  }

  /** @throws {RefusedError} username_taken, weak_password, invitation_required, … */
  register(
    username: string,
    password: string,
    more: { invitation?: string; device?: string } = {},
  ): Promise<Session> {
    return this.#open('/register', { username, password, ...more });
  }

  /** @throws {RefusedError} bad_credentials, rate_limited */
  login(username: string, password: string, more: { device?: string } = {}): Promise<Session> {
    return this.#open('/login', { username, password, ...more });
  }

  /** Exchanges the refresh token for new tokens. @throws {RefusedError} when the device must log in again */
  refresh(session: Session): Promise<Session> {
    return this.#open('/token/refresh', { refresh_token: session.refreshToken });
  }

  /** Revokes this device; forgets the session here even when the server cannot be reached. */
  async logout(session: Session): Promise<void> {
    try {
      await this.#post('/logout', undefined, session.accessToken);
    } finally {
      await this.#storage.write([[KEY, null]]);
    }
  }

  async #open(path: string, body: object): Promise<Session> {
    const answer = (await this.#post(path, body)) as SessionBody;
    const session: Session = {
      user: answer.user.id,
      username: answer.user.username,
      device: answer.device.id,
      deviceToken: answer.device_token,
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
    };
    await this.#storage.write([[KEY, JSON.stringify(session)]]);
    return session;
  }

  async #post(path: string, body?: object, token?: string): Promise<unknown> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const response = await fetch(this.#server + path, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const answer: unknown = response.status === 204 ? null : await response.json();
    if (!response.ok) {
      const problem = answer as { title?: string; detail?: string } & Refusal;
      throw new RefusedError({
        ...problem,
        message: problem.message ?? problem.title ?? `HTTP ${response.status}`,
      });
    }
    return answer;
  }
}
