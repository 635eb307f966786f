import { Refused } from '../../protocol/errors.ts';
import type { Actor } from '../actor.ts';
import type { AccountParts } from './parts.ts';
import { checkPassword } from './password-strength.ts';

export interface PasswordChanges {
  /** See `SigningIn.changePassword`. */
  change(actor: Actor, current: string, next: string, ip: string): Promise<void>;
  /** Replaces one hash of a password by another of the same one, unless the password was changed meanwhile. */
  renew(user: string, hash: string, renewed: string): Promise<void>;
}

export function createPasswordChanges(parts: AccountParts): PasswordChanges {
  const { store, known, guard, passwords, hooks } = parts;

  /** Looking at a hash and replacing it are one step: a renewal must not bring a changed password back. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  async function signOutOthers(actor: Actor): Promise<void> {
    const devices = await store.devices(actor.user);
    const others = devices.filter(({ id, revokedAt }) => id !== actor.device && revokedAt === null);
    const results = await Promise.allSettled(others.map(({ id }) => hooks.revoke(actor, id)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  return {
    async change(actor, current, next, ip) {
      const user = await known.users.get(actor.user);
      if (user === null) throw new Refused('bad_credentials');
      checkPassword(next, user.username);
      await guard.check(user.username, ip, async () => {
        const right = await passwords.verify(await store.passwordHash(user.id), current);
        return right ? user : null;
      });
      const hash = await passwords.hash(next);
      await inTurn(() => store.setPassword(user.id, hash));
      await signOutOthers(actor);
    },

    renew: (user, hash, renewed) =>
      inTurn(async () => {
        if ((await store.passwordHash(user)) === hash) await store.setPassword(user, renewed);
      }),
  };
}
