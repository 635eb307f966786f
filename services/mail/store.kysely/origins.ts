import type { Kysely } from 'kysely';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { MailOrigins } from '../store.ts';

export function origins(db: Kysely<DirectoryTables>): MailOrigins {
  return {
    async noteOrigin(device, network, at) {
      await db
        .insertInto('mail_origins')
        .values({ device, network, noted_at: at })
        .onConflict((conflict) => conflict.column('device').doNothing())
        .execute();
    },

    async origin(device) {
      const row = await db
        .selectFrom('mail_origins')
        .select('network')
        .where('device', '=', device)
        .executeTakeFirst();
      return row?.network ?? null;
    },

    async sweepOrigins(before, limit) {
      const { numDeletedRows } = await db
        .deleteFrom('mail_origins')
        .where('device', 'in', (eb) =>
          eb
            .selectFrom('mail_origins')
            .select('device')
            .where('noted_at', '<', before)
            .orderBy('noted_at')
            .limit(limit),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
