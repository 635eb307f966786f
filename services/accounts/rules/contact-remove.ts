import { ordered } from '../known.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function contactRemove({ store, known, relations, visibility }: AccountParts) {
  return ownChange({
    type: 'contact.remove',
    event: 'contact.removed',
    check: (actor, { user }) => checkAnother(relations, actor.user, user),
    fields: ({ user }) => ({ user }),
    async apply(user, { user: contact }) {
      await store.removeContact(user, contact);
    },
    stale(user, { user: contact }) {
      known.contact.forget(ordered(user, contact));
      // Either may see more or less of the other now: see `mayObserve`.
      visibility.changed(user, contact);
    },
  });
}
