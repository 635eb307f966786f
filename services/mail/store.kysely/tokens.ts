import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MailTokens } from '../store.ts';

export function mailTokens(db: Kysely<DirectoryTables>): MailTokens {
  return {
    async addToken({ expiresAt, ...token }) {
      await db
        .insertInto('mail_tokens')
        .values({ ...token, expires_at: expiresAt })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
    },

    async token(hash, now) {
      const row = await db
        .selectFrom('mail_tokens')
        .selectAll()
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      if (row === undefined) return null;
      const { expires_at, ...token } = row;
      return { ...token, expiresAt: expires_at };
    },

    async takeToken(hash, now) {
      const { numDeletedRows } = await db
        .deleteFrom('mail_tokens')
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    async removeTokens(user, purpose) {
      await db.deleteFrom('mail_tokens').where('user', '=', user).where('purpose', '=', purpose).execute();
    },

    async sweepMailTokens(now, limit) {
      const { numDeletedRows } = await db
        .deleteFrom('mail_tokens')
        .where('hash', 'in', (eb) =>
          eb
            .selectFrom('mail_tokens')
            .select('hash')
            .where('expires_at', '<=', now)
            .orderBy('expires_at')
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
