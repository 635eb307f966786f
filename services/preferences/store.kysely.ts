import type { Kysely } from 'kysely';
import type { QuietHours } from '../../protocol/commands.ts';
import { chunks } from '../directory/chunks.ts';
import type { DirectoryTables, NotificationsRow, PreferenceRow } from '../directory/schema.ts';
import {
  type Notifications,
  noPreferences,
  type PreferenceStore,
  type Preferences,
  usualNotifications,
} from './store.ts';

/** Preferences in the directory. */
export function kyselyPreferenceStore(db: Kysely<DirectoryTables>): PreferenceStore {
  return {
    async set(user, conversation, changes) {
      const row = preferenceColumns(changes);
      const insert = db
        .insertInto('preferences')
        .values({ user, conversation, ...preferenceColumns(noPreferences), ...row } as PreferenceRow);
      await insert
        .onConflict((conflict) => {
          const columns = conflict.columns(['user', 'conversation']);
          return Object.keys(row).length === 0 ? columns.doNothing() : columns.doUpdateSet(row);
        })
        .execute();
    },

    async get(user, conversation) {
      const row = await db
        .selectFrom('preferences')
        .selectAll()
        .where('user', '=', user)
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row === undefined ? noPreferences : preferencesOf(row);
    },

    async all(user) {
      const rows = await db.selectFrom('preferences').selectAll().where('user', '=', user).execute();
      return new Map(rows.map((row) => [row.conversation, preferencesOf(row)]));
    },

    async muted(conversation, users, at) {
      const muted = new Set<string>();
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('preferences')
          .select('user')
          .where('conversation', '=', conversation)
          .where('user', 'in', some)
          .where('muted_until', '>', at)
          .execute();
        for (const row of rows) muted.add(row.user);
      }
      return muted;
    },

    async setNotifications(user, changes) {
      const row = notificationColumns(changes);
      const insert = db
        .insertInto('notifications')
        .values({ user, ...notificationColumns(usualNotifications), ...row } as NotificationsRow);
      await insert
        .onConflict((conflict) => {
          const column = conflict.column('user');
          return Object.keys(row).length === 0 ? column.doNothing() : column.doUpdateSet(row);
        })
        .execute();
    },

    async notifications(users) {
      const found = new Map(users.map((user) => [user, usualNotifications]));
      for (const some of chunks(users)) {
        const rows = await db.selectFrom('notifications').selectAll().where('user', 'in', some).execute();
        for (const row of rows) found.set(row.user, notificationsOf(row));
      }
      return found;
    },
  };
}

function preferencesOf({ muted_until, pinned, archived }: PreferenceRow): Preferences {
  return { mutedUntil: muted_until, pinned: pinned === 1, archived: archived === 1 };
}

function preferenceColumns({ mutedUntil, pinned, archived }: Partial<Preferences>): Partial<PreferenceRow> {
  return {
    ...(mutedUntil === undefined ? {} : { muted_until: mutedUntil }),
    ...(pinned === undefined ? {} : { pinned: pinned ? 1 : 0 }),
    ...(archived === undefined ? {} : { archived: archived ? 1 : 0 }),
  };
}

function notificationsOf(row: NotificationsRow): Notifications {
  return {
    show: row.show,
    mentionsOverride: row.mentions_override === 1,
    quiet: row.quiet === null ? null : (JSON.parse(row.quiet) as QuietHours),
    digestHours: row.digest_hours,
  };
}

function notificationColumns(changes: Partial<Notifications>): Partial<NotificationsRow> {
  const { show, mentionsOverride, quiet, digestHours } = changes;
  return {
    ...(show === undefined ? {} : { show }),
    ...(mentionsOverride === undefined ? {} : { mentions_override: mentionsOverride ? 1 : 0 }),
    ...(quiet === undefined ? {} : { quiet: quiet === null ? null : JSON.stringify(quiet) }),
    ...(digestHours === undefined ? {} : { digest_hours: digestHours }),
  };
}
