import { Refused } from '../../protocol/errors.ts';
import type { Credentials, SignIn } from './accounts.ts';
import { signInNewDevice } from './devices.ts';
import type { AccountParts } from './parts.ts';
import type { PasswordChanges } from './password-changes.ts';
import { isOutdated } from './passwords.ts';
import type { User } from './store.ts';

/** Signs a new device in. */
export function createLogin(parts: AccountParts, changes: PasswordChanges) {
  const { store, guard, passwords, logger } = parts;

  /** The same password, kept with the parameters of now. Best effort: there is a next login. */
  async function renewHash(user: User, hash: string, password: string): Promise<void> {
    try {
      if (isOutdated(hash)) await changes.renew(user.id, hash, await passwords.hash(password));
    } catch (error) {
      logger.warn({ err: error, user: user.id }, 'a password could not be hashed anew');
    }
  }

  /** Was the password changed while this login was on its way? Then those signed out by it include this one. */
  async function isStillRight(user: User, hash: string, password: string): Promise<boolean> {
    const current = await store.passwordHash(user.id);
    return current === hash || passwords.verify(current, password);
  }

  return async function login(credentials: Credentials, ip: string): Promise<SignIn> {
    const { username, password } = credentials;
    const { user, hash } = await guard.check(username, ip, async () => {
      const named = await store.userByName(username);
      // Asked for an unknown name too, so that both take the same steps.
      const stored = await store.passwordHash(named?.id ?? username);
      const right = await passwords.verify(stored, password);
      return right && named !== null && stored !== null ? { user: named, hash: stored } : null;
    });
    return signInNewDevice(parts, user, credentials.device, ip, async () => {
      if (!(await isStillRight(user, hash, password))) throw new Refused('bad_credentials');
      await renewHash(user, hash, password);
    });
  };
}
