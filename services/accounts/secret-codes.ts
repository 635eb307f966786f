import { createHash, randomBytes } from 'node:crypto';

/** A secret that is handed out once: `bytes` random bytes, base64url. */
export function secretCode(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** What is stored of it: SHA-256, hex. Enough for secrets that nobody can guess; looked up as it is, so nothing is compared in steps. */
export function fingerprint(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
