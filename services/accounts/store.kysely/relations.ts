import type { Kysely } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { AccountStore } from '../store.ts';

type Relations = Pick<
  AccountStore,
  | 'setContact'
  | 'removeContact'
  | 'contacts'
  | 'isContact'
  | 'block'
  | 'unblock'
  | 'blocks'
  | 'blockersAmong'
  | 'blockedBetween'
  | 'countRelations'
>;

export function relations(db: Kysely<DirectoryTables>): Relations {
  return {
    async setContact(user, contact, name) {
      await db
        .insertInto('contacts')
        .values({ user, contact, name })
        .onConflict((conflict) => conflict.columns(['user', 'contact']).doUpdateSet({ name }))
        .execute();
    },

    async removeContact(user, contact) {
      await db.deleteFrom('contacts').where('user', '=', user).where('contact', '=', contact).execute();
    },

    contacts: (user) =>
      db
        .selectFrom('contacts')
        .select(['contact as user', 'name'])
        .where('user', '=', user)
        .orderBy('contact')
        .execute(),

    async isContact(user, contact) {
      const row = await db
        .selectFrom('contacts')
        .select('contact')
        .where('user', '=', user)
        .where('contact', '=', contact)
        .executeTakeFirst();
      return row !== undefined;
    },

    async block(user, blocked) {
      await db
        .insertInto('blocks')
        .values({ user, blocked })
        .onConflict((conflict) => conflict.columns(['user', 'blocked']).doNothing())
        .execute();
    },

    async unblock(user, blocked) {
      await db.deleteFrom('blocks').where('user', '=', user).where('blocked', '=', blocked).execute();
    },

    async blocks(user) {
      const rows = await db
        .selectFrom('blocks')
        .select('blocked')
        .where('user', '=', user)
        .orderBy('blocked')
        .execute();
      return rows.map(({ blocked }) => blocked);
    },

    async blockersAmong(blocked, users) {
      const found = new Set<string>();
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('blocks')
          .select('user')
          .where('user', 'in', some)
          .where('blocked', '=', blocked)
          .execute();
        for (const { user } of rows) found.add(user);
      }
      return found;
    },

    async countRelations(user) {
      const { contacts, blocks } = await db
        .selectNoFrom((eb) => [
          eb
            .selectFrom('contacts')
            .select((of) => of.fn.countAll<number>().as('n'))
            .where('user', '=', user)
            .as('contacts'),
          eb
            .selectFrom('blocks')
            .select((of) => of.fn.countAll<number>().as('n'))
            .where('user', '=', user)
            .as('blocks'),
        ])
        .executeTakeFirstOrThrow();
      return { contacts: Number(contacts), blocks: Number(blocks) };
    },

    async blockedBetween(a, b) {
      const row = await db
        .selectFrom('blocks')
        .select('user')
        .where((eb) => eb.or([eb.and({ user: a, blocked: b }), eb.and({ user: b, blocked: a })]))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
