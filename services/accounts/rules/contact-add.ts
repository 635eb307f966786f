import { Refused } from '../../../protocol/errors.ts';
import { ordered } from '../known.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function contactAdd({ store, known, relations, visibility, settings }: AccountParts) {
  return ownChange({
    type: 'contact.add',
    event: 'contact.added',
    async check(actor, { user }) {
      await checkAnother(relations, actor.user, user);
      // Renaming one is no addition.
      if (await store.isContact(actor.user, user)) return;
      const { contacts } = await store.countRelations(actor.user);
      if (contacts >= settings.contactsPerUser)
        throw new Refused('list_full', `at most ${settings.contactsPerUser}`);
    },
    fields: ({ user, name }) => ({ user, name }),
    async apply(user, { user: contact, name }) {
      await store.setContact(user, contact, name ?? null);
    },
    stale(user, { user: contact }) {
      known.contact.forget(ordered(user, contact));
      // Either may see more or less of the other now: see `mayObserve`.
      visibility.changed(user, contact);
    },
  });
}
