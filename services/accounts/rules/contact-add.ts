import { ordered } from '../known.ts';
import type { AccountParts } from '../parts.ts';
import { checkAnother } from './another-user.ts';
import { ownChange } from './own-stream.ts';

export function contactAdd({ store, known, relations, visibility }: AccountParts) {
  return ownChange({
    type: 'contact.add',
    event: 'contact.added',
    check: (actor, { user }) => checkAnother(relations, actor.user, user),
    fields: ({ user, name }) => ({ user, name }),
    async apply(user, { user: contact, name }) {
      await store.setContact(user, contact, name ?? null);
      known.contact.forget(ordered(user, contact));
      // Either may see more or less of the other now: see `mayObserve`.
      visibility.changed(user, contact);
    },
  });
}
