import { Refused } from '../../protocol/errors.ts';
import type { Authentication, Identity } from './accounts.ts';
import type { AccountParts } from './parts.ts';
import type { Bearer } from './tokens.ts';

/** A signature check and two cached look-ups a connection. */
export function createAuthentication({
  tokens,
  known,
}: Pick<AccountParts, 'tokens' | 'known'>): Authentication {
  async function identify({ user, device, expiresAt }: Bearer): Promise<Identity> {
    const owner = await known.users.get(user);
    // The device comes last: nothing is awaited between learning that it is not revoked and saying so.
    const held = await known.devices.get(device);
    if (owner === null || held === null || held.user !== user) throw new Refused('unauthenticated');
    if (held.revoked) throw new Refused('device_revoked');
    return { user, device, admin: owner.admin, expiresAt };
  }

  return {
    async authenticateDevice(username, clientId, password) {
      const bearer = await tokens.verify(password, ['mqtt', 'http']);
      if (bearer.user !== username || bearer.device !== clientId) throw new Refused('unauthenticated');
      return identify(bearer);
    },
    authenticateBearer: async (token) => identify(await tokens.verify(token, ['http'])),
  };
}
