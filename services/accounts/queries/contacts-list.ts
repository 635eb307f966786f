import type { QueryRules } from '../../queries.ts';
import type { AccountStore } from '../store.ts';

/** `name` is what one calls the contact, or else what the contact is called; photo and status are in the profile, which knows of blocks. */
export function contactsList({ store }: { store: AccountStore }): QueryRules<'contacts.list'> {
  return {
    type: 'contacts.list',
    async answer(actor) {
      const contacts = await store.contacts(actor.user);
      const users = await store.users(contacts.map(({ user }) => user));
      return {
        contacts: contacts.flatMap(({ user, name }) => {
          const found = users.get(user);
          if (found === undefined) return [];
          const { username, kind } = found;
          return [{ user, username, kind, name: name ?? found.name, profile_name: found.name }];
        }),
      };
    },
  };
}
