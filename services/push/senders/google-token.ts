import { importPKCS8, SignJWT } from 'jose';
import type { Clock } from '../../../platform/clock.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { PushOutcome } from '../sender.ts';
import { ask, jsonOf, later, rejected } from './ask.ts';
import type { ServiceAccount } from './service-account.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
/** How long what asks for a token is good for, seconds: the most there is. */
const ASSERTION_SECONDS = 3_600;
/** A token is renewed so long before it ends, milliseconds. */
const EARLIER_MS = 300_000;
/** What is asked for many attempts does not end with one of them. Milliseconds. */
const DEADLINE_MS = 10_000;

export type TokenAnswer = { token: string } | { token: null; outcome: PushOutcome };

/** An access token of a service account (RFC 7523), kept while it is good, asked for once by all who wait for it. */
export class GoogleToken {
  readonly #account: ServiceAccount;
  readonly #outbound: Pick<Outbound, 'request'>;
  readonly #clock: Clock;
  #kept: { token: string; until: number } | null = null;
  #asking: Promise<TokenAnswer> | null = null;

  constructor(account: ServiceAccount, outbound: Pick<Outbound, 'request'>, clock: Clock) {
    this.#account = account;
    this.#outbound = outbound;
    this.#clock = clock;
  }

  async get(): Promise<TokenAnswer> {
    if (this.#kept !== null && this.#clock.now() < this.#kept.until) return { token: this.#kept.token };
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** It is not believed any more. */
  forget(token: string): void {
    if (this.#kept?.token === token) this.#kept = null;
  }

  async #ask(): Promise<TokenAnswer> {
    let token: string | null = null;
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await this.#assertion(),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const outcome = await ask(
      this.#outbound,
      { url: this.#account.tokenUri, headers, body, signal },
      (answer) => {
        const { access_token: given, expires_in: seconds } = jsonOf(answer);
        if (answer.status === 200 && typeof given === 'string' && typeof seconds === 'number') {
          token = given;
          this.#kept = { token: given, until: this.#clock.now() + seconds * 1_000 - EARLIER_MS };
          return { outcome: 'accepted' };
        }
        return answer.status >= 500 || answer.status === 429 ? later('token') : rejected('credentials');
      },
    );
    return token === null ? { token, outcome } : { token };
  }

  async #assertion(): Promise<string> {
    const { clientEmail, privateKey, privateKeyId, tokenUri } = this.#account;
    const now = Math.floor(this.#clock.now() / 1_000);
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(privateKeyId === '' ? {} : { kid: privateKeyId }) })
      .setIssuer(clientEmail)
      .setAudience(tokenUri)
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_SECONDS)
      .sign(await importPKCS8(privateKey, 'RS256'));
  }
}
