import type { Refusal } from '../../protocol/errors.ts';
import type { Account, AccountEmail, EmailChoices } from '../../protocol/http/mail.ts';
import type { PushTarget } from './push-target.ts';
import type { Storage } from './storage.ts';

/** Credentials of one signed-in device. */
export interface Session {
  user: string;
  username: string;
  device: string;
  deviceToken: string;
  accessToken: string;
  refreshToken: string;
  /** An administrator of the server; absent: not known, as it was opened by an older version. */
  admin?: boolean;
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
  user: { id: string; username: string; admin?: boolean };
  device: { id: string };
  access_token: string;
  refresh_token: string;
  device_token: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const KEY = 'session';
const HTTP_TIMEOUT_MS = 15_000;

/** Signs in and stays signed in. `server` is the base URL of the HTTP API. */
export class Sessions {
  readonly #server: string;
  readonly #storage: Storage;
  #refreshing: Promise<Session> | null = null;

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

  /**
   * Exchanges the refresh token for new tokens. One at a time, and not again what another has just exchanged: a refresh token is good
   * for one use, and a second one signs the device out.
   * @throws {RefusedError} when the device must log in again; other errors: not reachable, try later
   */
  refresh(session: Session): Promise<Session> {
    this.#refreshing ??= this.#exchange(session).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Changes the password, and signs every other device out. @throws {RefusedError} bad_credentials, weak_password, rate_limited */
  async changePassword(session: Session, current: string, next: string): Promise<void> {
    await this.#authorised(session, '/password', { current_password: current, new_password: next });
  }

  /**
   * Makes an invitation (administrators). `expires`: milliseconds since the Unix epoch.
   * @throws {RefusedError} forbidden
   */
  async invite(session: Session, more: { admin?: boolean } = {}): Promise<{ code: string; expires: number }> {
    return (await this.#authorised(session, '/invitations', more)) as { code: string; expires: number };
  }

  /** The account and its mail address; `mail`: does this server send any. @throws {RefusedError} user_not_found */
  async account(session: Session): Promise<Account> {
    return (await this.#authorised(session, '/account', undefined, 'GET')) as Account;
  }

  /**
   * Gives a mail address, or has the link sent once more: until it is used the address is `pending`, and the former one stays.
   * @throws {RefusedError} mail_not_configured, bad_credentials, bad_request: no mail address, rate_limited
   */
  async setEmail(session: Session, email: string, password: string): Promise<AccountEmail> {
    return (await this.#authorised(session, '/account/email', { email, password }, 'PUT')) as AccountEmail;
  }

  /** What one is written of, and in which language. @throws {RefusedError} mail_not_configured, not_found: there is no address */
  async updateEmail(session: Session, choices: EmailChoices): Promise<AccountEmail> {
    return (await this.#authorised(session, '/account/email', choices, 'PATCH')) as AccountEmail;
  }

  /** Forgets the mail address, which is told so. @throws {RefusedError} mail_not_configured */
  async removeEmail(session: Session): Promise<void> {
    await this.#authorised(session, '/account/email', undefined, 'DELETE');
  }

  /**
   * How this device is notified of what comes while it is not connected, in the order in which ways are tried; none: not any more.
   * @throws {RefusedError} bad_request: an endpoint that the server does not send to
   */
  async setPush(session: Session, routes: readonly PushTarget[]): Promise<void> {
    const path = `/devices/${session.device}/push`;
    if (routes.length === 0) await this.#authorised(session, path, undefined, 'DELETE');
    else await this.#authorised(session, path, { routes }, 'PUT');
  }

  /** Sends this device a notification that says nothing else. @throws {RefusedError} not_found: it has no push, rate_limited */
  async testPush(session: Session): Promise<void> {
    await this.#authorised(session, `/devices/${session.device}/push/test`);
  }

  /** Keeps a session here, such as one whose storage has been emptied under it. */
  async keep(session: Session): Promise<void> {
    await this.#storage.write([[KEY, JSON.stringify(session)]]);
  }

  /** Forgets the session here. */
  async forget(): Promise<void> {
    await this.#storage.write([[KEY, null]]);
  }

  /** Revokes this device; forgets the session here even when the server cannot be reached. */
  async logout(session: Session): Promise<void> {
    try {
      await this.#authorised(session, '/logout');
    } finally {
      await this.forget();
    }
  }

  async #authorised(
    session: Session,
    path: string,
    body?: object,
    method: Method = 'POST',
  ): Promise<unknown> {
    try {
      return await this.#post(path, body, session.accessToken, method);
    } catch (error) {
      // Access tokens are short-lived: the usual case for a device that was on for a while.
      if (!(error instanceof RefusedError) || error.refusal.code !== 'token_expired') throw error;
      const { accessToken } = await this.refresh(session);
      return this.#post(path, body, accessToken, method);
    }
  }

  async #exchange(session: Session): Promise<Session> {
    const stored = await this.stored();
    if (stored?.device === session.device && stored.refreshToken !== session.refreshToken) return stored;
    return this.#open('/token/refresh', { refresh_token: session.refreshToken });
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
      ...(answer.user.admin === undefined ? {} : { admin: answer.user.admin }),
    };
    await this.keep(session);
    return session;
  }

  async #post(path: string, body?: object, token?: string, method: Method = 'POST'): Promise<unknown> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    // Not `AbortSignal.timeout`: React Native has none.
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`no answer from ${this.#server}`)), HTTP_TIMEOUT_MS);
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(this.#server + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      answer = response.status === 204 ? null : await jsonOf(response);
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) throw problemOf(answer, response.status, this.#server);
    return answer;
  }
}

/** What an answer says that is none: a refusal, or an error of something on the way, which knows nothing of the request. */
export function problemOf(answer: unknown, status: number, server: string): Error {
  const problem = answer as ({ title?: string } & Partial<Refusal>) | null;
  if (typeof problem?.code !== 'string' || typeof problem.retry !== 'boolean')
    return new Error(`HTTP ${status} from ${server}`);
  const { code, retry, detail, retry_after_ms } = problem;
  return new RefusedError({
    code,
    message: problem.message ?? problem.title ?? code,
    retry,
    ...(detail === undefined ? {} : { detail }),
    ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
  });
}

/** Accepted without a word is an answer too. */
async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}
