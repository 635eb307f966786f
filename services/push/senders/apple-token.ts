import { readFileSync } from 'node:fs';
import { type CryptoKey, importPKCS8, SignJWT } from 'jose';
import type { Clock } from '../../../platform/clock.ts';

/** Apple refuses tokens that are older than an hour, and asks for no new ones more often than each 20 minutes. Milliseconds. */
const GOOD_MS = 45 * 60_000;
const LEAST_MS = 20 * 60_000;

export interface AppleKey {
  /** PKCS #8, PEM. */
  key: string;
  keyId: string;
  teamId: string;
}

/** @throws {Error} the file cannot be read, or holds no such key; without what is in it */
export function readAppleKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim();
  if (!key.startsWith('-----BEGIN PRIVATE KEY-----')) throw new Error(`apns.keyFile: ${file} is no .p8 key`);
  return key;
}

/** The token by which Apple knows the provider: one for all requests, for a while. */
export class AppleToken {
  readonly #key: AppleKey;
  readonly #clock: Clock;
  #imported: Promise<CryptoKey> | null = null;
  #kept: { token: Promise<string>; since: number } | null = null;

  constructor(key: AppleKey, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  get(): Promise<string> {
    const now = this.#clock.now();
    if (this.#kept === null || now - this.#kept.since >= GOOD_MS)
      this.#kept = { token: this.#make(now), since: now };
    return this.#kept.token;
  }

  /**
   * Apple does not take this one any more. Answers 0 when `get` has another one, otherwise in how many milliseconds there may be one.
   */
  async renew(token: string): Promise<number> {
    const kept = this.#kept;
    if (kept === null || (await kept.token) !== token) return 0;
    const age = this.#clock.now() - kept.since;
    if (age < LEAST_MS) return LEAST_MS - age;
    if (this.#kept === kept) this.#kept = null;
    return 0;
  }

  async #make(now: number): Promise<string> {
    const { key, keyId, teamId } = this.#key;
    this.#imported ??= importPKCS8(key, 'ES256');
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(Math.floor(now / 1_000))
      .sign(await this.#imported);
  }
}
