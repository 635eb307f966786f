import { Refused } from '../../protocol/errors.ts';
import type { SignIn } from './accounts.ts';
import { makeRefreshToken, signInWith } from './devices.ts';
import type { AccountParts } from './parts.ts';
import { fingerprint } from './secret-codes.ts';
import type { RefreshToken } from './store.ts';

/** Exchanges a refresh token for the next of its family, once (RFC 9700 §4.14.2). */
export function createRefresh(parts: AccountParts) {
  const { store, known, hooks, clock, logger } = parts;

  /** Somebody has a copy, and nobody knows which of the two is the thief: the device is signed out. */
  async function reused({ user, device, family }: RefreshToken): Promise<never> {
    logger.warn({ user, device }, 'a refresh token was used twice: its device is signed out');
    // First the device: when that fails, the next use of the token finds the family and tries again.
    await hooks.revoke({ user, device }, device);
    await store.deleteFamily(family);
    throw new Refused('token_reused');
  }

  return async function refresh(token: string): Promise<SignIn> {
    const held = await store.refreshToken(fingerprint(token));
    if (held === null) throw new Refused('unauthenticated');
    const now = clock.now();
    if (held.expiresAt <= now) throw new Refused('token_expired');
    const user = await known.users.get(held.user);
    const device = await store.device(held.device);
    if (user === null || device === null || device.user !== user.id) throw new Refused('unauthenticated');
    if (device.revokedAt !== null) throw new Refused('device_revoked');
    if (held.usedAt !== null) return reused(held);
    const next = makeRefreshToken(parts, device, held.family);
    if (!(await store.rotateRefreshToken(held.hash, next.stored, now))) return reused(held);
    return signInWith(parts, user, device, next.token);
  };
}
