import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { DueDigest, MailDigests } from '../store.ts';

export function digests(db: Kysely<DirectoryTables>): MailDigests {
  return {
    async claimDigests({ now, leaseUntil }, most) {
      const due = await db
        .selectFrom('notifications')
        .select('user')
        .where('digest_hours', 'is not', null)
        .where('digest_at', '<=', now)
        .orderBy('digest_at')
        .limit(most)
        .execute();
      const claimed: DueDigest[] = [];
      for (const { user } of due) {
        const row = await db
          .updateTable('notifications')
          .set({ digest_at: leaseUntil })
          .where('user', '=', user)
          .where('digest_at', '<=', now)
          .where('digest_hours', 'is not', null)
          .returning(['digest_hours', 'digest_told'])
          .executeTakeFirst();
        if (row !== undefined)
          claimed.push({ user, hours: row.digest_hours!, leaseUntil, told: row.digest_told });
      }
      return claimed;
    },

    async nextDigest({ user, leaseUntil }, lookAt, told) {
      await db
        .updateTable('notifications')
        .set({ digest_at: lookAt, ...(told === null ? {} : { digest_told: told }) })
        .where('user', '=', user)
        .where('digest_at', '=', leaseUntil)
        .execute();
    },
  };
}
