import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { type JWTPayload, errors as jose, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { Refused } from '../../protocol/errors.ts';
import type { Actor } from '../actor.ts';

const ISSUER = 'dunlin';
/** Pinned, whatever a token's header says (RFC 8725 §3.1). */
const ALGORITHM = 'EdDSA';
/** Ours have about 400 characters. */
const LONGEST = 2_048;

/** What a token opens: `http` is the short-lived access token, `mqtt` the device token. */
export type Audience = 'http' | 'mqtt';

/** A device that a token speaks for, as its signature says; whether that device may still come in is asked elsewhere. */
export interface Bearer extends Actor {
  /** Milliseconds since the epoch. */
  expiresAt: number;
  audience: Audience;
}

/** Signed tokens (JWT, Ed25519). They say who somebody is and nothing of what they may do. */
export class Tokens {
  readonly #private;
  readonly #public;
  readonly #clock: Clock;

  /** `signingKey`: PKCS #8 PEM. @throws {Error} when it is no Ed25519 key */
  constructor(signingKey: string, clock: Clock) {
    this.#private = createPrivateKey(signingKey);
    if (this.#private.asymmetricKeyType !== 'ed25519') throw new Error('the signing key is no Ed25519 key');
    this.#public = createPublicKey(this.#private);
    this.#clock = clock;
  }

  sign(actor: Actor, audience: Audience, seconds: number): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1_000);
    return new SignJWT({ did: actor.device })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(actor.user)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#private);
  }

  /** @throws {Refused} unauthenticated, token_expired */
  async verify(token: string, audiences: Audience[]): Promise<Bearer> {
    if (token.length > LONGEST) throw new Refused('unauthenticated');
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.#public, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: audiences,
        requiredClaims: ['sub', 'did', 'jti', 'exp'],
        currentDate: new Date(this.#clock.now()),
      }));
    } catch (error) {
      // Told apart only for a token that is ours: jose looks at the claims after the signature.
      if (error instanceof jose.JWTExpired) throw new Refused('token_expired');
      if (error instanceof jose.JOSEError) throw new Refused('unauthenticated');
      throw error;
    }
    const { sub, did, exp, aud } = payload;
    const audience = audiences.find((one) => one === aud);
    if (typeof sub !== 'string' || typeof did !== 'string' || exp === undefined || audience === undefined)
      throw new Refused('unauthenticated');
    return { user: sub, device: did, expiresAt: exp * 1_000, audience };
  }
}
