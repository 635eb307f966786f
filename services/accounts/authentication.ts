import { Refused } from '../../protocol/errors.ts';
import type { Authentication, Identity } from './accounts.ts';
import type { AccountParts } from './parts.ts';
import type { Audience, Bearer } from './tokens.ts';

/** A signature check and two cached look-ups a connection; for a bot one more. */
export function createAuthentication({
  tokens,
  known,
  bots,
}: Pick<AccountParts, 'tokens' | 'known' | 'bots'>): Authentication {
  async function identify({ user, device, expiresAt, audience }: Bearer, over: Audience): Promise<Identity> {
    const owner = await known.users.get(user);
    const isBot = owner?.kind === 'bot';
    // The token of a device of a person's opens MQTT only: it lives long. A bot has nothing else.
    if (over === 'http' && audience === 'mqtt' && !isBot) throw new Refused('unauthenticated');
    if (isBot) await bots.check(user, 'none');
    // The device comes last: nothing is awaited between learning that it is not revoked and saying so.
    const held = await known.devices.get(device);
    if (owner === null || held === null || held.user !== user) throw new Refused('unauthenticated');
    if (held.revoked) throw new Refused('device_revoked');
    // Whatever the directory says of it.
    if (isBot) return { user, device, admin: false, bot: true, expiresAt };
    return { user, device, admin: owner.admin, expiresAt };
  }

  return {
    async authenticateDevice(username, clientId, password) {
      const bearer = await tokens.verify(password, ['mqtt', 'http']);
      if (bearer.user !== username || bearer.device !== clientId) throw new Refused('unauthenticated');
      return identify(bearer, 'mqtt');
    },
    authenticateBearer: async (token) => identify(await tokens.verify(token, ['http', 'mqtt']), 'http'),
  };
}
