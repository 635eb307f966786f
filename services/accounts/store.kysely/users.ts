import type { Kysely, Transaction } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables, UserRow } from '../../directory/schema.ts';
import type { AccountStore, User } from '../store.ts';

type Users = Pick<
  AccountStore,
  | 'createUser'
  | 'user'
  | 'users'
  | 'userByName'
  | 'countUsers'
  | 'hasUsers'
  | 'passwordHash'
  | 'setPassword'
  | 'setAdmin'
  | 'updateProfile'
>;

export function users(db: Kysely<DirectoryTables>): Users {
  return {
    createUser: (user, passwordHash, invitation) =>
      db.transaction().execute(async (tx) => {
        if (invitation !== null) await consume(tx, invitation, user);
        await insertUser(tx, user);
        await tx.insertInto('credentials').values({ user: user.id, password_hash: passwordHash }).execute();
      }),

    async user(id) {
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async users(ids) {
      const found = new Map<string, User>();
      for (const some of chunks(ids)) {
        const rows = await db.selectFrom('users').selectAll().where('id', 'in', some).execute();
        for (const row of rows) found.set(row.id, fromRow(row));
      }
      return found;
    },

    async userByName(username) {
      const row = await db
        .selectFrom('users')
        .selectAll()
        .where('username', '=', username)
        .executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async countUsers() {
      const { count } = await db
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async hasUsers() {
      const one = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
      return one !== undefined;
    },

    async passwordHash(user) {
      const row = await db
        .selectFrom('credentials')
        .select('password_hash')
        .where('user', '=', user)
        .executeTakeFirst();
      return row?.password_hash ?? null;
    },

    async setPassword(user, hash) {
      await db.updateTable('credentials').set({ password_hash: hash }).where('user', '=', user).execute();
    },

    async setAdmin(user, admin) {
      await db
        .updateTable('users')
        .set({ admin: admin ? 1 : 0 })
        .where('id', '=', user)
        .execute();
    },

    async updateProfile(user, changes) {
      const { name, phone, photo, status, lastSeenAudience, presenceAudience } = changes;
      const set = withoutAbsent({
        name,
        phone,
        photo,
        status,
        last_seen_audience: lastSeenAudience,
        presence_audience: presenceAudience,
      });
      if (Object.keys(set).length === 0) return;
      await db.updateTable('users').set(set).where('id', '=', user).execute();
    },
  };
}

/** @throws {Refused} username_taken */
export async function insertUser(tx: Transaction<DirectoryTables>, user: User): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('users')
    .values(toRow(user))
    .onConflict((conflict) => conflict.column('username').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new Refused('username_taken');
}

/** @throws {Refused} invitation_invalid: unknown, used, or expired when the user is created */
async function consume(tx: Transaction<DirectoryTables>, invitation: string, user: User): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set({ used_by: user.id })
    .where('hash', '=', invitation)
    .where('used_by', 'is', null)
    .where('expires_at', '>', user.createdAt)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new Refused('invitation_invalid');
}

function withoutAbsent<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function toRow(user: User): UserRow {
  return {
    id: user.id,
    username: user.username,
    kind: user.kind,
    admin: user.admin ? 1 : 0,
    name: user.name,
    phone: user.phone,
    photo: user.photo,
    status: user.status,
    last_seen: user.lastSeen,
    last_seen_audience: user.lastSeenAudience,
    presence_audience: user.presenceAudience,
    created_at: user.createdAt,
  };
}

function fromRow(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    kind: row.kind,
    admin: row.admin === 1,
    name: row.name,
    phone: row.phone,
    photo: row.photo,
    status: row.status,
    lastSeen: row.last_seen,
    lastSeenAudience: row.last_seen_audience,
    presenceAudience: row.presence_audience,
    createdAt: row.created_at,
  };
}
