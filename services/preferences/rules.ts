import type { QuietHours } from '../../protocol/commands.ts';
import { Refused } from '../../protocol/errors.ts';
import { ownChange } from '../accounts/rules/own-stream.ts';
import { asMember } from '../conversations/access.ts';
import type { ConversationCache } from '../conversations/cache.ts';
import type { PreferenceStore } from './store.ts';

/** @throws {Refused} conversation_not_found, not_a_member: what one is not in is not on one's list */
export function preferencesUpdate({ store, cache }: { store: PreferenceStore; cache: ConversationCache }) {
  return ownChange({
    type: 'preferences.update',
    event: 'preferences.updated',
    async check(actor, { conversation }) {
      await asMember(cache, actor, conversation);
    },
    fields: ({ conversation, muted_until, pinned, archived }) => ({
      target: conversation,
      muted_until,
      pinned,
      archived,
    }),
    apply: (user, { target, muted_until, pinned, archived }) =>
      store.set(user, target, { mutedUntil: muted_until, pinned, archived }),
  });
}

/** @throws {Refused} bad_request: there is no such time zone */
export function notificationsUpdate({ store }: { store: PreferenceStore }) {
  return ownChange({
    type: 'notifications.update',
    event: 'notifications.updated',
    async check(_actor, { quiet }) {
      if (quiet) checkZone(quiet);
    },
    fields: ({ show, mentions_override, quiet, digest_hours }) => ({
      show,
      mentions_override,
      quiet,
      digest_hours,
    }),
    apply: (user, { show, mentions_override, quiet, digest_hours }) =>
      store.setNotifications(user, {
        show,
        mentionsOverride: mentions_override,
        quiet,
        digestHours: digest_hours,
      }),
  });
}

function checkZone({ zone }: QuietHours): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new Refused('bad_request', `quiet.zone: there is no time zone ${zone}`);
  }
}
