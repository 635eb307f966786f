import type { Kysely } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { chunks } from '../../directory/chunks.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { RouteTarget } from '../sender.ts';
import type { DeviceRoutes, PushRoutes } from '../store.ts';

export function routes(db: Kysely<DirectoryTables>): PushRoutes {
  return {
    putRoutes: ({ device, user, routes: all, key }, fingerprints) =>
      db.transaction().execute(async (tx) => {
        // Revoking it takes the routes with it: one of the two comes first.
        await lockRows(tx, 'devices', [device]);
        const there = await tx
          .selectFrom('devices')
          .select('id')
          .where('id', '=', device)
          .where('user', '=', user)
          .where('revoked_at', 'is', null)
          .executeTakeFirst();
        if (there === undefined) throw new Refused('not_found');
        await tx.deleteFrom('push_routes').where('device', '=', device).execute();
        if (all.length === 0) return;
        const taken = [...fingerprints.values()];
        if (taken.length > 0) await tx.deleteFrom('push_routes').where('fingerprint', 'in', taken).execute();
        await tx
          .insertInto('push_routes')
          .values(
            all.map(({ id, target, registeredAt }, place) => ({
              ...{ device, place, id, user, kind: target.kind, key },
              target: JSON.stringify(target),
              fingerprint: fingerprints.get(id) ?? null,
              registered_at: registeredAt,
            })),
          )
          .execute();
      }),

    async routesOf(devices) {
      const found = new Map<string, DeviceRoutes>();
      for (const some of chunks(devices)) {
        const rows = await db
          .selectFrom('push_routes')
          .selectAll()
          .where('device', 'in', some)
          .orderBy('device')
          .orderBy('place')
          .execute();
        for (const { device, user, key, id, target, registered_at } of rows) {
          const route = { id, target: JSON.parse(target) as RouteTarget, registeredAt: registered_at };
          const of = found.get(device);
          if (of === undefined) found.set(device, { device, user, key, routes: [route] });
          else of.routes.push(route);
        }
      }
      return found;
    },

    async removeRoutes(device) {
      const { numDeletedRows } = await db
        .deleteFrom('push_routes')
        .where('device', '=', device)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },

    async removeRoute(device, id) {
      await db.deleteFrom('push_routes').where('device', '=', device).where('id', '=', id).execute();
    },

    async reachable(users) {
      const found = new Set<string>();
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('push_routes')
          .select('user')
          .distinct()
          .where('user', 'in', some)
          .execute();
        for (const { user } of rows) found.add(user);
      }
      return found;
    },

    async hasRoutes() {
      const row = await db.selectFrom('push_routes').select('device').limit(1).executeTakeFirst();
      return row !== undefined;
    },
  };
}
