import { type Kysely, sql } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { chunks } from '../../directory/chunks.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { DeviceRow, DirectoryTables } from '../../directory/schema.ts';
import type { AccountStore, Device } from '../store.ts';

type Devices = Pick<
  AccountStore,
  'addDevice' | 'device' | 'devices' | 'renameDevice' | 'revokeDevice' | 'setLastSeen'
>;

export function devices(db: Kysely<DirectoryTables>): Devices {
  return {
    addDevice: (device, most) =>
      db.transaction().execute(async (tx) => {
        await lockRows(tx, 'users', [device.user]);
        const { count } = await tx
          .selectFrom('devices')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('user', '=', device.user)
          .where('revoked_at', 'is', null)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most) throw new Refused('too_many_devices', `at most ${most}`);
        await tx.insertInto('devices').values(toRow(device)).execute();
      }),

    async device(id) {
      const row = await db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async devices(user) {
      const rows = await db
        .selectFrom('devices')
        .selectAll()
        .where('user', '=', user)
        .where('revoked_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(fromRow);
    },

    async renameDevice(user, device, name) {
      await db
        .updateTable('devices')
        .set({ name })
        .where('id', '=', device)
        .where('user', '=', user)
        .execute();
    },

    revokeDevice: (user, device, at) =>
      db.transaction().execute(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('devices')
          .set({ revoked_at: at })
          .where('id', '=', device)
          .where('user', '=', user)
          .where('revoked_at', 'is', null)
          .executeTakeFirstOrThrow();
        await tx.deleteFrom('refresh_tokens').where('device', '=', device).where('user', '=', user).execute();
        // Where it is reached goes with it.
        await tx.deleteFrom('push_routes').where('device', '=', device).where('user', '=', user).execute();
        return numUpdatedRows > 0n;
      }),

    setLastSeen: (entries) =>
      db.transaction().execute(async (tx) => {
        for (const [table, seen] of [
          ['devices', latest(entries, ({ device }) => device)],
          ['users', latest(entries, ({ user }) => user)],
        ] as const) {
          // By id, so that of two processes that have seen the same ones neither waits for the other in turn.
          const byId = [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1));
          for (const some of chunks(byId)) {
            const ids = some.map(([id]) => id);
            await lockRows(tx, table, ids);
            await moveLastSeen(tx, table, some);
          }
        }
      }),
  };
}

/** The newest time of each. */
function latest<T extends { at: number }>(entries: T[], of: (entry: T) => string): Map<string, number> {
  const seen = new Map<string, number>();
  for (const entry of entries) seen.set(of(entry), Math.max(entry.at, seen.get(of(entry)) ?? 0));
  return seen;
}

/** One statement for many: times only move forward. */
async function moveLastSeen(
  tx: Kysely<DirectoryTables>,
  table: 'devices' | 'users',
  seen: [id: string, at: number][],
): Promise<void> {
  const rows = sql.join(seen.map(([id, at]) => sql`(${id}, cast(${at} as bigint))`));
  const target = sql.table(table);
  await sql`
    with seen (id, at) as (values ${rows})
    update ${target} set last_seen = seen.at from seen
    where ${target}.id = seen.id and (${target}.last_seen is null or ${target}.last_seen < seen.at)
  `.execute(tx);
}

function toRow({ id, user, name, createdAt, lastSeen, revokedAt }: Device): DeviceRow {
  return { id, user, name, created_at: createdAt, last_seen: lastSeen, revoked_at: revokedAt };
}

function fromRow({ id, user, name, created_at, last_seen, revoked_at }: DeviceRow): Device {
  return { id, user, name, createdAt: created_at, lastSeen: last_seen, revokedAt: revoked_at };
}
