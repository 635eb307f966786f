import type { Audience } from '../../protocol/commands.ts';
import type { AccountHooks, Relations, Visibility } from './accounts.ts';
import { type Known, ordered } from './known.ts';

export interface RunningVisibility extends Visibility {
  /** Tells the listeners that some may now see more or less of these users than before. */
  changed(...users: string[]): void;
  /** Is `viewer` in the contacts of `user`? */
  isContact(user: string, viewer: string): Promise<boolean>;
}

export function createVisibility(parts: {
  known: Known;
  relations: Relations;
  share: AccountHooks['share'];
}): RunningVisibility {
  const { known, relations, share } = parts;
  const listeners = new Set<(user: string) => void>();
  const isContact = async (user: string, viewer: string) =>
    (await known.contact.get(ordered(user, viewer))) === true;

  /** Has to do with the user in some way: a stranger sees nothing, whatever the privacy settings. */
  async function isRelated(viewer: string, user: string): Promise<boolean> {
    return (await isContact(user, viewer)) || (await isContact(viewer, user)) || (await share(viewer, user));
  }

  return {
    isContact,

    async mayObserve(viewer, user) {
      if (viewer === user) return { presence: true, lastSeen: true };
      const found = await known.users.get(user);
      if (found === null || (await relations.blocked(viewer, user)))
        return { presence: false, lastSeen: false };
      const { presenceAudience, lastSeenAudience } = found;
      const audiences = [presenceAudience, lastSeenAudience];
      const allowed: Record<Audience, boolean> = {
        nobody: false,
        contacts: audiences.some((audience) => audience !== 'nobody') && (await isContact(user, viewer)),
        everyone: audiences.includes('everyone') && (await isRelated(viewer, user)),
      };
      return { presence: allowed[presenceAudience], lastSeen: allowed[lastSeenAudience] };
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    changed(...users) {
      for (const user of users) for (const listener of listeners) listener(user);
    },
  };
}
