import { Refused } from '../../protocol/errors.ts';
import type { Administration } from './accounts.ts';
import type { AccountParts } from './parts.ts';
import { fingerprint, secretCode } from './secret-codes.ts';

const DAY_MS = 86_400_000;
/** 128 random bits: nobody guesses one, and it can be read out. */
const CODE_BYTES = 16;

export function createAdministration({ store, known, clock, settings }: AccountParts): Administration {
  let firstWasMade = false;

  const administration: Administration = {
    registration: settings.registration,

    async invite(by, admin) {
      // Looked up here whatever the caller has checked: an invitation may make an administrator.
      if (by !== null && (await known.users.get(by))?.admin !== true) throw new Refused('forbidden');
      const code = secretCode(CODE_BYTES);
      const expiresAt = clock.now() + settings.invitationDays * DAY_MS;
      await store.addInvitation({
        hash: fingerprint(code),
        createdBy: by,
        admin,
        expiresAt,
        usedBy: null,
      });
      return { code, expiresAt };
    },

    /**
     * Only a hash is kept, so what was shown once cannot be shown again. A server that is started again while it still has no user makes
     * another one, or an operator who missed the first would be locked out; all of them expire, and all were shown to the same operator.
     */
    async firstInvitation() {
      if (settings.registration !== 'invitation' || firstWasMade) return null;
      if (await store.hasUsers()) return null;
      firstWasMade = true;
      return (await administration.invite(null, true)).code;
    },

    async grantAdmin(username) {
      const user = await store.userByName(username);
      if (user === null) throw new Refused('user_not_found');
      if (user.kind === 'bot') throw new Refused('forbidden', 'not for bots');
      await store.setAdmin(user.id, true);
      known.users.forget(user.id);
    },
  };
  return administration;
}
