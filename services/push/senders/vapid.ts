import { createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import type { Config } from '../../../platform/config/schema.ts';
import { loadVapidKey } from '../../../platform/secrets.ts';

/** By what push services know this server (RFC 8292): a P-256 key, as Web Push writes them, base64url. */
export interface VapidKey {
  /** Uncompressed point, 65 bytes. What browsers subscribe with. */
  publicKey: string;
  /** 32 bytes. */
  privateKey: string;
}

/**
 * The key of `webpush.vapidKey`; or, where processes share a key for tokens, one that is derived from that, so that they share this as well;
 * otherwise one of this installation, made when it is first needed.
 * @param folder the data folder
 * @throws {Error} the setting is no P-256 key
 */
export function vapidKey({ webpush, tokens }: Pick<Config, 'webpush' | 'tokens'>, folder: string): VapidKey {
  if (webpush.vapidKey !== '') return ofPem(webpush.vapidKey, 'webpush.vapidKey');
  if (tokens.signingKey !== '') return derived(tokens.signingKey);
  return ofPem(loadVapidKey(folder), 'vapid-key.pem');
}

/** Whom push services may write to about this server. */
export function vapidSubject({ webpush, http }: Pick<Config, 'webpush' | 'http'>): string {
  if (webpush.subject !== '') return webpush.subject;
  // Some refuse a request without a subject, or with one that names this machine.
  return /^https:\/\/(?!localhost\b)/.test(http.publicUrl) ? http.publicUrl : 'mailto:nobody@example.org';
}

function ofPem(pem: string, name: string): VapidKey {
  try {
    const { crv, d } = createPrivateKey(pem).export({ format: 'jwk' });
    if (crv === 'P-256' && d !== undefined) return ofPrivate(Buffer.from(d, 'base64url'));
  } catch {
    // Without what it was made of.
  }
  throw new Error(
    `${name}: no P-256 private key (openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256)`,
  );
}

/** RFC 5869; of the numbers that are no key of the curve, of which there is about one in 2³², none. */
function derived(signingKey: string): VapidKey {
  const secret = createPrivateKey(signingKey).export({ format: 'der', type: 'pkcs8' });
  for (let attempt = 0; ; attempt++) {
    const candidate = hkdfSync('sha256', secret, '', `dunlin vapid ${attempt}`, 32);
    try {
      return ofPrivate(Buffer.from(candidate));
    } catch (error) {
      if (attempt > 3) throw error;
    }
  }
}

function ofPrivate(key: Buffer): VapidKey {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(key);
  return { publicKey: curve.getPublicKey('base64url'), privateKey: key.toString('base64url') };
}
