import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export type Variant = 'content' | 'thumbnail';

/** What a signed URL says. */
export interface Grant {
  media: string;
  variant: Variant;
  /** Whom it was given to. */
  user: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

/** Signs URLs of files, with a key that is made of the one that signs tokens: all processes have the same. */
export class UrlSigner {
  readonly #key: Uint8Array;

  /** @param secret the signing key of tokens, PEM */
  constructor(secret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret.trim(), '', 'dunlin: URLs of media', 32));
  }

  /** Base64url. */
  sign(grant: Grant): string {
    return this.#mac(grant).toString('base64url');
  }

  /** Whether it is ours and still good. */
  verify(grant: Grant, signature: string, now: number): boolean {
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#mac(grant);
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    return same && grant.expires > now;
  }

  #mac({ media, variant, user, expires }: Grant): Buffer {
    // No part can have a line break in it, so that two grants never read the same.
    return createHmac('sha256', this.#key).update([media, variant, user, expires].join('\n')).digest();
  }
}
