import { Refused } from '../../protocol/errors.ts';
import type { Actor } from '../actor.ts';
import type { AccountParts } from './parts.ts';
import { checkPassword } from './password-strength.ts';
import type { Device, User } from './store.ts';

export interface PasswordChanges {
  /** See `SigningIn.changePassword`. */
  change(actor: Actor, current: string, next: string, ip: string): Promise<void>;
  /** See `SigningIn.provePassword`. */
  prove(actor: Actor, password: string, ip: string): Promise<void>;
  /** See `SigningIn.resetPassword`. */
  reset(user: string, next: string, redeem: () => Promise<boolean>): Promise<void>;
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
    await signOut(
      devices.filter(({ id }) => id !== actor.device),
      () => actor,
    );
  }

  /** `by`: in whose name. */
  async function signOut(devices: readonly Device[], by: (device: Device) => Actor): Promise<void> {
    const results = await Promise.allSettled(devices.map((device) => hooks.revoke(by(device), device.id)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async function userOf(id: string): Promise<User> {
    const user = await known.users.get(id);
    if (user === null) throw new Refused('bad_credentials');
    return user;
  }

  async function proveOf(user: User, password: string, ip: string): Promise<void> {
    await guard.check(user.username, ip, async () => {
      const right = await passwords.verify(await store.passwordHash(user.id), password);
      return right ? user : null;
    });
  }

  return {
    async change(actor, current, next, ip) {
      const user = await userOf(actor.user);
      checkPassword(next, user.username);
      await proveOf(user, current, ip);
      const hash = await passwords.hash(next);
      await inTurn(() => store.setPassword(user.id, hash));
      await signOutOthers(actor);
    },

    prove: async (actor, password, ip) => proveOf(await userOf(actor.user), password, ip),

    async reset(id, next, redeem) {
      const user = await userOf(id);
      checkPassword(next, user.username);
      const hash = await passwords.hash(next);
      const signOutAll = async () =>
        signOut(await store.devices(id), (device) => ({ user: id, device: device.id }));
      // First: when it does not succeed, the right to do so is still there to try again with.
      await signOutAll();
      if (!(await redeem())) throw new Refused('link_invalid');
      await inTurn(() => store.setPassword(id, hash));
      // Who signed in with the former password meanwhile.
      await signOutAll();
    },

    renew: (user, hash, renewed) =>
      inTurn(async () => {
        if ((await store.passwordHash(user)) === hash) await store.setPassword(user, renewed);
      }),
  };
}
