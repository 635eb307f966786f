import type { Kysely } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { HookRow } from '../tables.ts';
import type { Hook, HookStore } from './store.ts';

export function kyselyHookStore(db: Kysely<DirectoryTables>): HookStore {
  return {
    addHook: (hook, most) =>
      db.transaction().execute(async (tx) => {
        await lockRows(tx, 'conversations', [hook.conversation]);
        const { count } = await tx
          .selectFrom('hooks')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('conversation', '=', hook.conversation)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most) throw new Refused('list_full', `at most ${most} hooks of a conversation`);
        await tx.insertInto('hooks').values(toRow(hook)).execute();
      }),

    async hook(id) {
      const row = await db.selectFrom('hooks').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async hooksOf(conversation) {
      const rows = await db
        .selectFrom('hooks')
        .selectAll()
        .where('conversation', '=', conversation)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(fromRow);
    },

    async setHookSecret(id, secretHash) {
      const { numUpdatedRows } = await db
        .updateTable('hooks')
        .set({ secret_hash: secretHash })
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async removeHook(id) {
      const { numDeletedRows } = await db.deleteFrom('hooks').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function toRow({ createdBy, secretHash, createdAt, ...hook }: Hook): HookRow {
  return { ...hook, created_by: createdBy, secret_hash: secretHash, created_at: createdAt };
}

function fromRow({ created_by, secret_hash, created_at, ...row }: HookRow): Hook {
  return { ...row, createdBy: created_by, secretHash: secret_hash, createdAt: created_at };
}
