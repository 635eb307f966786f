import { Kysely, PostgresDialect } from 'kysely';
import { GuardedPool, type PoolSettings } from './pool.ts';
import type { PostgresAddress } from './url.ts';

export interface KyselyPostgres<Tables> {
  db: Kysely<Tables>;
  /** After everything called before, as far as it ends. */
  close(): Promise<void>;
}

/** Connects when it is first used. */
export function openKyselyPostgres<Tables>(
  address: PostgresAddress,
  settings: PoolSettings,
): KyselyPostgres<Tables> {
  const pool = new GuardedPool(address, settings);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    async close() {
      await db.destroy();
      // Kysely ends only what it has used.
      await pool.end();
    },
  };
}
