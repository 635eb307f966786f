import { type Kysely, sql } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MailAddress, MailAddresses } from '../store.ts';
import type { AddressRow } from '../tables.ts';

const nothing = { address: null, address_key: null, verified_at: null, pending: null } as const;
const untroubled = { bounces: 0, bouncing_at: null } as const;

export function addresses(db: Kysely<DirectoryTables>): MailAddresses {
  async function userByAddress(key: string): Promise<string | null> {
    const row = await db
      .selectFrom('mail_addresses')
      .select('user')
      .where('address_key', '=', key)
      .executeTakeFirst();
    return row?.user ?? null;
  }

  const verified = (user: string, address: string) =>
    db.updateTable('mail_addresses').where('user', '=', user).where('address', '=', address);

  return {
    userByAddress,

    async address(user) {
      const row = await db
        .selectFrom('mail_addresses')
        .selectAll()
        .where('user', '=', user)
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async setPending(user, address) {
      const row = { ...nothing, ...untroubled, user, pending: address, language: null };
      await db
        .insertInto('mail_addresses')
        .values({ ...row, notices: 1, digests: 1 })
        .onConflict((conflict) => conflict.column('user').doUpdateSet({ pending: address }))
        .execute();
    },

    async verify(user, address, key, at) {
      try {
        return await db.transaction().execute(async (tx) => {
          const mine = tx
            .selectFrom('mail_addresses')
            .select(['address'])
            .where('user', '=', user)
            .where('pending', '=', address);
          const before = await mine.executeTakeFirst();
          if (before === undefined) return 'gone' as const;
          const { numUpdatedRows } = await tx
            .updateTable('mail_addresses')
            .set({ address, address_key: key, verified_at: at, pending: null, ...untroubled })
            .where('user', '=', user)
            .where('pending', '=', address)
            .executeTakeFirst();
          return numUpdatedRows === 0n ? ('gone' as const) : { former: before.address };
        });
      } catch (error) {
        // The database keeps addresses apart; how it says so is its own affair.
        const owner = await userByAddress(key);
        if (owner !== null && owner !== user) return 'taken';
        throw error;
      }
    },

    removeAddress: (user) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .selectFrom('mail_addresses')
          .select('address')
          .where('user', '=', user)
          .executeTakeFirst();
        await tx
          .updateTable('mail_addresses')
          .set({ ...nothing, ...untroubled })
          .where('user', '=', user)
          .execute();
        return row?.address ?? null;
      }),

    async setChoices(user, { notices, digests, language }) {
      await db
        .updateTable('mail_addresses')
        .set({
          user,
          ...(notices === undefined ? {} : { notices: notices ? 1 : 0 }),
          ...(digests === undefined ? {} : { digests: digests ? 1 : 0 }),
          ...(language === undefined ? {} : { language }),
        })
        .where('user', '=', user)
        .execute();
    },

    async noteBounce(user, address, most, at) {
      await verified(user, address)
        .set((eb) => ({ bounces: eb('bounces', '+', 1) }))
        .execute();
      const { numUpdatedRows } = await verified(user, address)
        .set({ bouncing_at: sql<number>`cast(${at} as bigint)` })
        .where('bounces', '>=', most)
        .where('bouncing_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async noteTaken(user, address) {
      // Most often there is nothing to write.
      await verified(user, address).set(untroubled).where('bounces', '>', 0).execute();
    },
  };
}

function fromRow(row: AddressRow): MailAddress {
  const { user, address, pending, language } = row;
  return {
    ...{ user, address, pending, language },
    verifiedAt: row.verified_at,
    bouncing: row.bouncing_at !== null,
    notices: row.notices === 1,
    digests: row.digests === 1,
  };
}
