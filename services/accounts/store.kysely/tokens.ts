import type { Kysely } from 'kysely';
import { lockRows } from '../../directory/lock-rows.ts';
import type { DirectoryTables, RefreshTokenRow } from '../../directory/schema.ts';
import type { AccountStore, RefreshToken } from '../store.ts';

type Tokens = Pick<
  AccountStore,
  | 'addRefreshToken'
  | 'refreshToken'
  | 'rotateRefreshToken'
  | 'deleteFamily'
  | 'sweepTokens'
  | 'addInvitation'
  | 'invitation'
>;

/** Tokens that one call sweeps: as many as a server deletes well within the time of a call. */
const MOST_SWEPT = 5_000;

export function tokens(db: Kysely<DirectoryTables>): Tokens {
  return {
    async addRefreshToken(token) {
      await db.insertInto('refresh_tokens').values(toRow(token)).execute();
    },

    async refreshToken(hash) {
      const row = await db
        .selectFrom('refresh_tokens')
        .selectAll()
        .where('hash', '=', hash)
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    rotateRefreshToken: (used, successor, at) =>
      db.transaction().execute(async (tx) => {
        // Whoever revokes the device or deletes the family meanwhile would not see the successor.
        await lockRows(tx, 'devices', [successor.device]);
        const { numUpdatedRows } = await tx
          .updateTable('refresh_tokens')
          .set({ used_at: at })
          .where('hash', '=', used)
          .where('used_at', 'is', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        await tx.insertInto('refresh_tokens').values(toRow(successor)).execute();
        return true;
      }),

    deleteFamily: (family) =>
      db.transaction().execute(async (tx) => {
        const of = await tx
          .selectFrom('refresh_tokens')
          .select('device')
          .distinct()
          .where('family', '=', family)
          .execute();
        if (of.length === 0) return;
        await lockRows(
          tx,
          'devices',
          of.map(({ device }) => device),
        );
        await tx.deleteFrom('refresh_tokens').where('family', '=', family).execute();
      }),

    async sweepTokens(now) {
      const { numDeletedRows } = await db
        .deleteFrom('refresh_tokens')
        .where('hash', 'in', (of) =>
          of
            .selectFrom('refresh_tokens')
            .select('hash')
            .where('expires_at', '<=', now)
            .orderBy('expires_at')
            .limit(MOST_SWEPT),
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },

    async addInvitation({ hash, createdBy, admin, expiresAt, usedBy }) {
      await db
        .insertInto('invitations')
        .values({
          hash,
          created_by: createdBy,
          admin: admin ? 1 : 0,
          expires_at: expiresAt,
          used_by: usedBy,
        })
        .execute();
    },

    async invitation(hash) {
      const row = await db.selectFrom('invitations').selectAll().where('hash', '=', hash).executeTakeFirst();
      if (row === undefined) return null;
      const { created_by, admin, expires_at, used_by } = row;
      return { hash, createdBy: created_by, admin: admin === 1, expiresAt: expires_at, usedBy: used_by };
    },
  };
}

function toRow({ hash, device, user, family, expiresAt, usedAt }: RefreshToken): RefreshTokenRow {
  return { hash, device, user, family, expires_at: expiresAt, used_at: usedAt };
}

function fromRow({ hash, device, user, family, expires_at, used_at }: RefreshTokenRow): RefreshToken {
  return { hash, device, user, family, expiresAt: expires_at, usedAt: used_at };
}
