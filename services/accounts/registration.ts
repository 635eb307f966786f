import { randomUUID } from 'node:crypto';
import { Refused } from '../../protocol/errors.ts';
import type { Registration, SignIn } from './accounts.ts';
import { signInNewDevice } from './devices.ts';
import type { AccountParts } from './parts.ts';
import { checkPassword } from './password-strength.ts';
import { fingerprint } from './secret-codes.ts';
import type { Invitation, User } from './store.ts';

/** Makes an account and signs its first device in. Nobody is administrator for being first: an invitation says so, or the operator. */
export function createRegistration(parts: AccountParts) {
  const { store, guard, passwords, clock, settings } = parts;

  /** The invitation, when one is given: also where none is needed, as it may make an administrator. */
  async function invitationOf(code: string | null): Promise<Invitation | null> {
    if (settings.registration === 'closed') throw new Refused('registration_closed');
    if (code === null) {
      if (settings.registration === 'invitation') throw new Refused('invitation_required');
      return null;
    }
    const invitation = await store.invitation(fingerprint(code));
    if (invitation === null || invitation.usedBy !== null || invitation.expiresAt <= clock.now())
      throw new Refused('invitation_invalid');
    return invitation;
  }

  return async function register(registration: Registration, ip: string): Promise<SignIn> {
    const { username, password, name } = registration;
    await guard.registration(ip);
    const invitation = await invitationOf(registration.invitation);
    checkPassword(password, username);
    // Asked again by the store, in its transaction; here it saves the work of hashing.
    if ((await store.userByName(username)) !== null) throw new Refused('username_taken');
    const user: User = {
      // Not a UUIDv7: no command can have the id of a user's stream.
      id: randomUUID(),
      username,
      kind: 'person',
      admin: invitation?.admin ?? false,
      name,
      phone: null,
      photo: null,
      status: null,
      lastSeen: null,
      lastSeenAudience: 'everyone',
      presenceAudience: 'everyone',
      createdAt: clock.now(),
    };
    await store.createUser(user, await passwords.hash(password), invitation?.hash ?? null);
    return signInNewDevice(parts, user, registration.device, ip);
  };
}
